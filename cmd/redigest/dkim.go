package main

import (
	"crypto"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"redigest/cmd/internal/config"
	"redigest/subscribers/mail"
)

type dkimCommands struct {
	New   dkimNewCommand   `cmd:"" help:"Make the keys that mail is signed with, and print what to publish."`
	Check dkimCheckCommand `cmd:"" help:"Compare what is published with the keys."`
}

// signer returns what signs mail, or nil when the configuration names no keys.
func (a *app) signer() (*mail.Signer, error) { return signerOf(a.config, a.config.Mail.DKIM) }

// signerOf returns what signs with keys. They sign for the domain of From and
// for no other.
func signerOf(c config.Config, keys []config.SigningKey) (*mail.Signer, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	var all []mail.SigningKey
	for _, k := range keys {
		key, err := readSigningKey(k.File)
		if err != nil {
			return nil, fmt.Errorf("read the signing key %q: %w", k.Selector, err)
		}
		all = append(all, mail.SigningKey{Selector: k.Selector, Key: key})
	}
	return mail.NewSigner(signingDomain(c), all)
}

// signingDomain is the domain of From.
func signingDomain(c config.Config) string {
	from := c.Publication.Sender().Address
	return from[strings.LastIndexByte(from, '@')+1:]
}

// readSigningKey reads a key that the owner of its file, or its group, may read
// and nobody else: whoever has it can sign in the publisher's name.
func readSigningKey(file string) (crypto.Signer, error) {
	info, err := os.Stat(file)
	if err != nil {
		return nil, err
	}
	if open := info.Mode().Perm() & 0o007; open != 0 && runtime.GOOS != "windows" {
		return nil, fmt.Errorf("everybody on this machine can read %s: take that away with chmod 600 %[1]s", file)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	key, err := mail.ParseSigningKey(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	return key, nil
}

// keyKinds are the two keys of a selector's name: RSA for every receiver, and
// Ed25519 for those who know it (RFC 8463).
var keyKinds = [...]string{"rsa", "ed25519"}

// keysNamed returns where the two keys of a name are: beside the database,
// where the program may write and what lies there is its own.
func keysNamed(c config.Config, name string) (keys []config.SigningKey) {
	for _, kind := range keyKinds {
		selector := strings.ToLower(name) + "-" + kind
		keys = append(keys, config.SigningKey{
			Selector: selector,
			File:     filepath.Join(filepath.Dir(c.Database), "dkim-"+selector+".pem"),
		})
	}
	return keys
}
