package link

import (
	"bytes"
	"encoding/base32"
	"errors"
	"math"
	"strings"
	"testing"
	"time"
)

func key(number byte, fill string) Key {
	return Key{Number: number, Secret: bytes.Repeat([]byte(fill), 32/len(fill))}
}

func keys(t testing.TB, list ...Key) *Keys {
	t.Helper()
	k, err := NewKeys(list...)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func TestATokenSaysWhatItWasMadeFor(t *testing.T) {
	t.Parallel()
	k := keys(t, key(1, "a"))
	tests := map[string]Link{
		"to leave, for ever":       {Purpose: Unsubscribe, Subscriber: 7},
		"to confirm, for days":     {Purpose: Confirm, Subscriber: math.MaxInt64, Generation: 3, Expires: time.Date(2026, 2, 10, 6, 0, 0, 0, time.UTC)},
		"what came back":           {Purpose: Returned, Subscriber: 7, Mailing: math.MaxInt64 - 1},
		"what came back of a test": {Purpose: Returned, Mailing: 9},
		"late in the century":      {Purpose: Confirm, Subscriber: 1, Generation: math.MaxUint32, Expires: time.Unix(math.MaxUint32, 0).UTC()},
	}
	for name, want := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			token := k.Sign(want)
			if len(token) != Length || Length > 56 {
				t.Errorf("%s has %d characters, want %d and at most 56", token, len(token), Length)
			}
			if strings.Trim(token, "abcdefghijklmnopqrstuvwxyz234567") != "" {
				t.Errorf("%s holds more than lower-case letters and digits", token)
			}
			for _, spelling := range []string{token, strings.ToUpper(token), strings.ToUpper(token[:20]) + token[20:]} {
				if got, err := k.Parse(spelling, want.Purpose); err != nil || got != want {
					t.Errorf("Parse(%s) = %+v, %v; want %+v", spelling, got, err, want)
				}
			}
		})
	}
}

func TestATokenIsGoodForOnePurposeOnly(t *testing.T) {
	t.Parallel()
	k := keys(t, key(1, "a"))
	for _, made := range []Purpose{Confirm, Unsubscribe, Returned} {
		for _, used := range []Purpose{Confirm, Unsubscribe, Returned, 0, 4} {
			_, err := k.Parse(k.Sign(Link{Purpose: made, Subscriber: 7}), used)
			if (made == used) != (err == nil) || err != nil && !errors.Is(err, ErrInvalid) {
				t.Errorf("made for %d, used for %d: %v", made, used, err)
			}
		}
	}
}

func TestNoChangedTokenIsTaken(t *testing.T) {
	t.Parallel()
	k := keys(t, key(1, "a"))
	token := k.Sign(Link{Purpose: Unsubscribe, Subscriber: 7})
	for i := range token {
		for _, c := range "abcdefghijklmnopqrstuvwxyz234567" {
			if byte(c) == token[i] {
				continue
			}
			changed := token[:i] + string(c) + token[i+1:]
			if _, err := k.Parse(changed, Unsubscribe); !errors.Is(err, ErrInvalid) {
				t.Fatalf("Parse(%s), changed at %d: %v, want ErrInvalid", changed, i, err)
			}
		}
	}
}

func TestWhatIsNoTokenIsRefused(t *testing.T) {
	t.Parallel()
	k := keys(t, key(1, "a"))
	token := k.Sign(Link{Purpose: Unsubscribe, Subscriber: 7})
	tests := map[string]string{
		"nothing":               "",
		"cut short":             token[:Length-1],
		"longer":                token + "a",
		"doubled":               token + token,
		"with a line break":     token[:10] + "\n" + token[11:],
		"with line breaks more": token[:Length-2] + "\r\n",
		"padded":                token[:Length-1] + "=",
		"not base32":            strings.Repeat("1", Length),
		"all zero":              strings.Repeat("a", Length),
		"a letter that folds":   token[:10] + "K" + token[11:], // the Kelvin sign
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, err := k.Parse(text, Unsubscribe); !errors.Is(err, ErrInvalid) {
				t.Errorf("Parse(%q) = %v, want ErrInvalid", text, err)
			}
		})
	}
}

func TestOldKeysStillOpenWhatTheySigned(t *testing.T) {
	t.Parallel()
	want := Link{Purpose: Unsubscribe, Subscriber: 7}
	old := keys(t, key(1, "a"))
	both := keys(t, key(1, "a"), key(4, "b"))
	if got, err := both.Parse(old.Sign(want), Unsubscribe); err != nil || got != want {
		t.Errorf("token of the old key: %+v, %v; want %+v", got, err, want)
	}
	if got, err := both.Parse(both.Sign(want), Unsubscribe); err != nil || got != want {
		t.Errorf("token of the new key: %+v, %v; want %+v", got, err, want)
	}
	if _, err := old.Parse(both.Sign(want), Unsubscribe); !errors.Is(err, ErrInvalid) {
		t.Errorf("token of a key that is not known: %v, want ErrInvalid", err)
	}
	stranger := keys(t, key(1, "z"))
	if _, err := both.Parse(stranger.Sign(want), Unsubscribe); !errors.Is(err, ErrInvalid) {
		t.Errorf("token of somebody else's key with the same number: %v, want ErrInvalid", err)
	}
}

func TestKeysThatCannotSignAreRefused(t *testing.T) {
	t.Parallel()
	for name, list := range map[string][]Key{
		"none":       nil,
		"short":      {{Number: 1, Secret: []byte("short")}},
		"one number": {key(1, "a"), key(1, "b")},
	} {
		if _, err := NewKeys(list...); err == nil {
			t.Errorf("%s: NewKeys took them", name)
		}
	}
}

// FuzzParse holds that nothing is taken but what Sign made, whatever the text.
func FuzzParse(f *testing.F) {
	k := keys(f, key(1, "a"), key(2, "b"))
	token := k.Sign(Link{Purpose: Confirm, Subscriber: 7, Generation: 2, Expires: time.Unix(1790000000, 0)})
	f.Add(token)
	f.Add(strings.ToUpper(token))
	f.Add(token[:Length-1] + "7")
	f.Add(token[:Length-1] + "\n")
	f.Add(base32.StdEncoding.EncodeToString([]byte(token)))
	f.Fuzz(func(t *testing.T, text string) {
		for _, purpose := range []Purpose{Confirm, Unsubscribe} {
			l, err := k.Parse(text, purpose)
			if err != nil && !errors.Is(err, ErrInvalid) {
				t.Fatalf("Parse(%q): %v", text, err)
			}
			if err == nil && !strings.EqualFold(k.Sign(l), text) && !strings.EqualFold(keys(t, key(1, "a")).Sign(l), text) {
				t.Fatalf("Parse(%q) took a token that Sign does not make: %+v", text, l)
			}
		}
	})
}

// Each mail takes two tokens: 1 allocation each, a microsecond or so.
func BenchmarkSign(b *testing.B) {
	k := keys(b, key(1, "a"))
	b.ReportAllocs()
	for b.Loop() {
		k.Sign(Link{Purpose: Returned, Subscriber: 7, Mailing: 9})
	}
}
