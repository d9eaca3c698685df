package delivery_test

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"redigest/digest/database"
	"redigest/subscribers/delivery"
	"redigest/subscribers/mail"
)

// A post is one machine and one site that use a bed's database.
type post struct {
	machine, baseURL string
}

var home = post{machine: "a", baseURL: "https://digest.example.org"}

func (b *bed) armingAt(db *database.DB, p post) *delivery.Arming {
	return delivery.NewArming(db, delivery.Place{Machine: p.machine, Database: db.Path(), BaseURL: p.baseURL}, b.clock.Now)
}

func (b *bed) arm() {
	b.Helper()
	if err := b.armingAt(b.db, home).Arm(b.Context()); err != nil {
		b.Fatal(err)
	}
}

func (b *bed) backup() (path string) {
	b.Helper()
	path = filepath.Join(b.TempDir(), "backup.db")
	if err := b.db.Backup(b.Context(), path); err != nil {
		b.Fatal(err)
	}
	return path
}

// copyOf opens the database at path as another handle.
func (b *bed) copyOf(path string) *database.DB {
	b.Helper()
	db, err := database.Open(b.Context(), path)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { db.Close() })
	return db
}

// restore puts a backup in the database's place, as a new process finds it.
func (b *bed) restore(backup string) {
	b.Helper()
	b.db.Close()
	data, err := os.ReadFile(backup)
	if err != nil {
		b.Fatal(err)
	}
	for _, rest := range []string{"-wal", "-shm"} {
		if err := os.Remove(b.path + rest); err != nil && !errors.Is(err, os.ErrNotExist) {
			b.Fatal(err)
		}
	}
	if err := os.WriteFile(b.path, data, 0o600); err != nil {
		b.Fatal(err)
	}
	b.open()
	b.use()
}

// relayAt returns a relay as the configuration names it.
func relayAt(tb testing.TB, url string) mail.Relay {
	tb.Helper()
	r, err := mail.ParseRelay(url)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func TestPromise9MailLeavesOnlyWhereItWasArmed(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		happens func(t *testing.T, b *bed) *delivery.Arming // who then asks
		says    string                                      // nothing when mail may leave
	}{
		"never armed": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming { return b.armingAt(b.db, home) },
			says:    "run: redigest arm",
		},
		"armed": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				return b.armingAt(b.db, home)
			},
		},
		"armed, then started anew": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				b.reopen()
				return b.armingAt(b.db, home)
			},
		},
		"armed twice": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				b.arm()
				return b.armingAt(b.db, home)
			},
		},
		"another machine with the same files": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				return b.armingAt(b.db, post{machine: "b", baseURL: home.baseURL})
			},
			says: "another machine",
		},
		"another site": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				return b.armingAt(b.db, post{machine: home.machine, baseURL: "https://staging.example.org"})
			},
			says: "site.base_url",
		},
		"a copy elsewhere": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				return b.armingAt(b.copyOf(b.backup()), home)
			},
			says: "another path",
		},
		"a copy elsewhere with the file beside it": {
			happens: func(t *testing.T, b *bed) *delivery.Arming {
				b.arm()
				path := b.backup()
				token, err := os.ReadFile(b.path + ".armed")
				if err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(path+".armed", token, 0o600); err != nil {
					t.Fatal(err)
				}
				return b.armingAt(b.copyOf(path), home)
			},
			says: "another path",
		},
		"a backup in its own place after a later arming": {
			happens: func(_ *testing.T, b *bed) *delivery.Arming {
				b.arm()
				path := b.backup()
				b.arm()
				b.restore(path)
				return b.armingAt(b.db, home)
			},
			says: "backup put back",
		},
		"a backup in its own place on a machine set up anew": {
			happens: func(t *testing.T, b *bed) *delivery.Arming {
				b.arm()
				path := b.backup()
				if err := os.Remove(b.path + ".armed"); err != nil {
					t.Fatal(err)
				}
				b.restore(path)
				return b.armingAt(b.db, home)
			},
			says: ".armed, which redigest arm writes, is not there",
		},
		"a backup from before a disarming": {
			happens: func(t *testing.T, b *bed) *delivery.Arming {
				b.arm()
				path := b.backup()
				if err := b.armingAt(b.db, home).Disarm(t.Context()); err != nil {
					t.Fatal(err)
				}
				b.restore(path)
				return b.armingAt(b.db, home)
			},
			says: "not armed",
		},
		"a backup that was disarmed, in its own place": {
			happens: func(t *testing.T, b *bed) *delivery.Arming {
				b.arm()
				path := b.backup()
				backup := b.copyOf(path)
				if err := b.armingAt(backup, home).Disarm(t.Context()); err != nil {
					t.Fatal(err)
				}
				if err := backup.Close(); err != nil {
					t.Fatal(err)
				}
				b.restore(path)
				return b.armingAt(b.db, home)
			},
			says: "run: redigest arm",
		},
		"the original of a backup that was disarmed": {
			happens: func(t *testing.T, b *bed) *delivery.Arming {
				b.arm()
				if err := b.armingAt(b.copyOf(b.backup()), home).Disarm(t.Context()); err != nil {
					t.Fatal(err)
				}
				return b.armingAt(b.db, home)
			},
		},
		"disarmed": {
			happens: func(t *testing.T, b *bed) *delivery.Arming {
				b.arm()
				a := b.armingAt(b.db, home)
				for range 2 {
					if err := a.Disarm(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				return a
			},
			says: "run: redigest arm",
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newBed(t)
			a := tt.happens(t, b)
			here, there := relayAt(t, "smtp+plain://127.0.0.1:25"), relayAt(t, "smtps://192.0.2.1:465")
			if err := a.Allows(t.Context(), []mail.Relay{here}); err != nil {
				t.Errorf("a relay on this machine needs no arming, and yet: %v", err)
			}
			err := a.Allows(t.Context(), []mail.Relay{here, there})
			switch {
			case tt.says == "" && err != nil:
				t.Errorf("mail may not leave: %v", err)
			case tt.says != "" && !errors.Is(err, delivery.ErrDisarmed):
				t.Errorf("mail may leave (%v)", err)
			case tt.says != "" && (!strings.Contains(err.Error(), tt.says) || !strings.Contains(err.Error(), "redigest arm")):
				t.Errorf("it says %q, want %q in it and what to do", err, tt.says)
			}
		})
	}
}

func TestArmingKeepsItsTokenToItself(t *testing.T) {
	t.Parallel()
	b := newBed(t)
	b.arm()
	info, err := os.Stat(b.path + ".armed")
	if err != nil {
		t.Fatal(err)
	}
	if runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %s, want it readable to its owner alone", info.Mode())
	}
	if err := b.armingAt(b.db, home).Disarm(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(b.path + ".armed"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("disarmed, the file is still there (%v)", err)
	}
}
