package web

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestTheClientsAddressIsBelievedFromATrustedProxyAlone(t *testing.T) {
	t.Parallel()
	trusted := []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	tests := map[string]struct {
		peer      string
		forwarded []string
		proxies   []netip.Prefix
		want      string
	}{
		"no proxy":                              {"203.0.113.7:4000", nil, trusted, "203.0.113.7"},
		"a client that makes one up":            {"203.0.113.7:4000", []string{"198.51.100.1"}, trusted, "203.0.113.7"},
		"behind a proxy":                        {"127.0.0.1:4000", []string{"203.0.113.7"}, trusted, "203.0.113.7"},
		"a made-up one before the proxy's":      {"127.0.0.1:4000", []string{"198.51.100.1, 203.0.113.7"}, trusted, "203.0.113.7"},
		"a made-up field before the proxy's":    {"127.0.0.1:4000", []string{"198.51.100.1", "203.0.113.7"}, trusted, "203.0.113.7"},
		"two proxies":                           {"127.0.0.1:4000", []string{"203.0.113.7, 10.1.2.3"}, trusted, "203.0.113.7"},
		"a proxy that says nothing":             {"127.0.0.1:4000", nil, trusted, "127.0.0.1"},
		"a proxy that says nonsense":            {"127.0.0.1:4000", []string{"unknown"}, trusted, "127.0.0.1"},
		"no proxy is trusted unless configured": {"127.0.0.1:4000", []string{"203.0.113.7"}, nil, "127.0.0.1"},
		"IPv6":                                  {"[::1]:4000", []string{"2001:db8::7"}, trusted, "2001:db8::7"},
		"IPv4 in IPv6":                          {"[::ffff:127.0.0.1]:4000", []string{"::ffff:203.0.113.7"}, trusted, "203.0.113.7"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := httptest.NewRequest("POST", "/subscribe", nil)
			r.RemoteAddr = tt.peer
			for _, f := range tt.forwarded {
				r.Header.Add("X-Forwarded-For", f)
			}
			s := &server{Options: Options{TrustedProxies: tt.proxies}}
			if got := s.network(r); got != tt.want {
				t.Errorf("it is %s, want %s", got, tt.want)
			}
		})
	}
}
