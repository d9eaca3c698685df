package mail

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
)

// ParseSigningKey reads a private key in PEM: PKCS #8 for both kinds or, as
// older tools write RSA keys, PKCS #1. Its errors hold nothing of the key.
func ParseSigningKey(data []byte) (crypto.Signer, error) {
	block, _ := pem.Decode(data)
	if block == nil {
		return nil, errors.New("this is not a key in PEM, which begins with -----BEGIN PRIVATE KEY-----")
	}
	switch block.Type {
	case "PRIVATE KEY":
		key, err := x509.ParsePKCS8PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("this private key is damaged, or of a kind that does not sign mail")
		}
		switch key := key.(type) {
		case *rsa.PrivateKey:
			return key, nil
		case ed25519.PrivateKey:
			return key, nil
		}
		return nil, errors.New("mail is signed with RSA or Ed25519, and this key is of another kind")
	case "RSA PRIVATE KEY":
		key, err := x509.ParsePKCS1PrivateKey(block.Bytes)
		if err != nil {
			return nil, errors.New("this RSA key is damaged")
		}
		return key, nil
	case "PUBLIC KEY", "RSA PUBLIC KEY":
		return nil, errors.New("this is the public half of a key; the private half signs")
	case "ENCRYPTED PRIVATE KEY":
		return nil, errors.New("this key has a passphrase, and nobody is there to type it; store it without one")
	}
	return nil, errors.New("there is no private key in this file")
}

// EncodeSigningKey returns a key as [ParseSigningKey] reads it.
func EncodeSigningKey(key crypto.Signer) ([]byte, error) {
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("encode the key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}), nil
}
