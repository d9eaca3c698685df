package main

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"redigest/cmd/internal/config"
	"redigest/digest"
	"redigest/subscribers/mail"
)

type dkimNewCommand struct {
	Selector string `help:"What the keys' names begin with; today's date if none." placeholder:"NAME"`
}

func (dkimNewCommand) example() string {
	return "redigest dkim new\nredigest dkim new --selector 2026b"
}

// Run makes two keys and says what to do with them.
func (c *dkimNewCommand) Run(g *Globals, std *streams) error {
	conf, err := config.Load(g.Config, g.getenv)
	if err != nil {
		return err
	}
	if c.Selector == "" {
		c.Selector = today(conf, time.Now)
	}
	keys := keysNamed(conf, c.Selector)
	if err := makeKeys(keys); err != nil {
		return err
	}
	signer, err := signerOf(conf, keys)
	if err != nil {
		return err
	}
	records, err := signer.Records()
	if err != nil {
		return err
	}
	fmt.Fprint(std.out, newKeysText(g.Config, c.Selector, keys, records))
	return nil
}

// today names keys after the day on which they are made.
func today(c config.Config, now func() time.Time) string {
	return strings.ReplaceAll(string(digest.DayOf(now().In(c.Zone()))), "-", "")
}

// makeKeys makes both keys or none, and never in place of others: mail that is
// under way is verified with the old ones.
func makeKeys(keys []config.SigningKey) error {
	for _, k := range keys {
		if err := mail.CheckSelector(k.Selector); err != nil {
			return usageError{fmt.Errorf("--selector: %w", err)}
		}
		if _, err := os.Lstat(k.File); err == nil {
			return fmt.Errorf("make the key %s: it is already there, and it stays; name the new keys by --selector", k.File)
		}
	}
	rsaKey, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return fmt.Errorf("make an RSA key: %w", err)
	}
	_, edKey, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		return fmt.Errorf("make an Ed25519 key: %w", err)
	}
	for i, key := range []crypto.Signer{rsaKey, edKey} {
		if err := writeSigningKey(keys[i].File, key); err != nil {
			for _, made := range keys[:i] {
				err = errors.Join(err, os.Remove(made.File))
			}
			return fmt.Errorf("make the key %s: %w", keys[i].File, err)
		}
	}
	return nil
}

// writeSigningKey stores a key that was not there, for its owner alone.
func writeSigningKey(file string, key crypto.Signer) error {
	data, err := mail.EncodeSigningKey(key)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return errors.Join(err, os.Remove(file))
	}
	return nil
}

// newKeysText says what was made and what is left to do, in the order in which
// no mail is signed with a key that nobody can look up.
func newKeysText(configFile, name string, keys []config.SigningKey, records []mail.KeyRecord) string {
	var b strings.Builder
	b.WriteString("Two keys to sign mail with were made, for the owner of these files alone:\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "  %s\n", k.File)
	}
	b.WriteString("\n1. Publish these TXT records. In a zone file they stand as they are here; on a\n" +
		"   provider's page the text goes in as one, without quotation marks.\n\n")
	for _, r := range records {
		fmt.Fprintf(&b, "%s\n\n", r.Zone())
	}
	fmt.Fprintf(&b, "2. Wait until this finds them:\n\n  redigest dkim check --selector %s\n\n", name)
	b.WriteString("3. Name the keys in the configuration, in place of others, and start “redigest\n" +
		"   serve” anew. What older keys have signed is verified for some days yet: leave\n" +
		"   their records published for a week.\n\nmail:\n  dkim:\n")
	for _, k := range keys {
		fmt.Fprintf(&b, "    - selector: %s\n      file: %s\n", k.Selector, yamlPath(configFile, k.File))
	}
	return b.String()
}

// yamlPath returns file as the configuration names it, from its own folder if
// it lies there or below.
func yamlPath(configFile, file string) string {
	if rel, err := filepath.Rel(filepath.Dir(configFile), file); err == nil && filepath.IsLocal(rel) {
		file = filepath.ToSlash(rel)
	}
	if strings.Trim(file, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-") != "" {
		return "'" + strings.ReplaceAll(file, "'", "''") + "'"
	}
	return file
}
