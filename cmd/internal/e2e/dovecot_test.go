//go:build e2e

package e2e

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// dovecot serves a mailbox of the world over IMAP, and tells Postfix who may
// sign in, until the test ends.
func dovecot(t *testing.T, w world, name string) {
	t.Helper()
	dir, err := os.MkdirTemp("", "dovecot-")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	conf, err := os.ReadFile("testdata/dovecot.conf")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "dovecot.conf")
	conf = []byte(strings.NewReplacer("DIR", dir, "MAIL", filepath.Join(w.dir, "mail", name), "CERT", w.certificate()).Replace(string(conf)))
	if err := os.WriteFile(file, conf, 0o644); err != nil {
		t.Fatal(err)
	}
	server(t, "127.0.0.1:143", "dovecot", "-F", "-c", file)
}

// certificate is the path of the servers' certificate and its key, without
// what the names of the two files end in.
func (w world) certificate() string { return filepath.Join(w.dir, "etc", "cert") }

// trust makes a program trust the servers.
func (w world) trust(p *program) { p.env = append(p.env, "SSL_CERT_FILE="+w.certificate()+".pem") }

// certify makes the certificate, for localhost, which only its own holder
// vouches for.
func (w world) certify() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "localhost"}, DNSNames: []string{"localhost"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return err
	}
	return errors.Join(
		os.WriteFile(w.certificate()+".pem", pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o644),
		os.WriteFile(w.certificate()+".key", pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), 0o600))
}
