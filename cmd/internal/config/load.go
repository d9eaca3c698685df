package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
)

// relayPassword is the environment variable that holds the password of the
// first relay.
const relayPassword = "REDIGEST_RELAY_PASSWORD"

// returnedPassword is the one that holds the password of the mailbox for
// returned mail.
const returnedPassword = "REDIGEST_RETURNED_PASSWORD"

// Load reads the configuration at path. Paths that it names are relative to its
// folder; in the Config they are complete. getenv is [os.Getenv], or what
// stands in for the environment.
//
// What is wrong with the content is returned as [*Faults], all of it at once. A
// file that is not there is an error that [io/fs.ErrNotExist] matches.
func Load(path string, getenv func(string) string) (Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Config{}, fmt.Errorf("read configuration (--config names it): %w", err)
	}
	c, err := parse(data, filepath.Dir(path), getenv)
	if faults := (*Faults)(nil); errors.As(err, &faults) {
		faults.File = path
	}
	return c, err
}

// parse reads the content of a file that lies in folder dir.
func parse(data []byte, dir string, getenv func(string) string) (Config, error) {
	c := Default()
	d, err := decode(data, &c)
	if err != nil {
		return Config{}, err
	}
	c.complete(dir)
	var found Faults
	c.Publication.findTemplates(&found, dir)
	for i := range c.Mail.Relays {
		c.Mail.Relays[i].takePassword(&found, i, getenv)
	}
	c.Mail.Returned.takePassword(&found, getenv)
	c.check(&found)
	for _, fault := range found.List {
		// Of a value that could not be read, the check sees the default.
		if !d.covers(fault.Path) {
			fault.Line = d.line(fault.Path)
			d.List = append(d.List, fault)
		}
	}
	if err := d.err(); err != nil {
		return Config{}, err
	}
	return c, nil
}

// complete brings values into the form in which they are used.
func (c *Config) complete(dir string) {
	c.Database = within(dir, c.Database)
	c.Site.BaseURL = strings.TrimSuffix(c.Site.BaseURL, "/")
	for i, origin := range c.Site.SignupOrigins {
		// As browsers write it (RFC 6454 section 6.2).
		c.Site.SignupOrigins[i] = strings.ToLower(strings.TrimSuffix(origin, "/"))
	}
	// Numbers are for who watches this machine; elsewhere only when that is said.
	if host, port, err := net.SplitHostPort(c.Metrics.Listen); err == nil && host == "" {
		c.Metrics.Listen = net.JoinHostPort("127.0.0.1", port)
	}
	for i, relay := range c.Mail.Relays {
		c.Mail.Relays[i].PasswordFile = within(dir, relay.PasswordFile)
	}
	c.Mail.Returned.PasswordFile = within(dir, c.Mail.Returned.PasswordFile)
	for i, key := range c.Mail.DKIM {
		c.Mail.DKIM[i].File = within(dir, key.File)
	}
}

// within returns path as seen from dir.
func within(dir, path string) string {
	if path == "" || filepath.IsAbs(path) {
		return path
	}
	return filepath.Join(dir, path)
}

// takePassword finds the password of relay i. The environment names that of the
// first alone.
func (r *Relay) takePassword(found *Faults, i int, getenv func(string) string) {
	fromEnv := ""
	if i == 0 {
		fromEnv = getenv(relayPassword)
	}
	r.Password = choosePassword(found, fmt.Sprintf("mail.relays[%d]", i), r.Password, r.PasswordFile, fromEnv)
}

func (r *Returned) takePassword(found *Faults, getenv func(string) string) {
	r.Password = choosePassword(found, "mail.returned", r.Password, r.PasswordFile, getenv(returnedPassword))
}

// choosePassword returns the password of the keys at a place: that of the
// environment before any other, so that a file may be shared and the secret not.
func choosePassword(found *Faults, at string, here Secret, file, fromEnv string) Secret {
	switch {
	case here != "" && file != "":
		found.add(at+".password_file", "the password stands both here and under password; leave one out")
	case fromEnv != "":
		return Secret(fromEnv)
	case file != "":
		password, err := readPassword(file)
		if err != nil {
			found.add(at+".password_file", "%s", err)
		}
		return password
	}
	return here
}

// readPassword reads a file that holds one line. Its errors do not name the
// file: the password itself may stand there by mistake.
func readPassword(path string) (Secret, error) {
	data, err := os.ReadFile(path)
	if why := (*fs.PathError)(nil); errors.As(err, &why) {
		return "", fmt.Errorf("the file that is named here cannot be read: %w", why.Err)
	}
	if err != nil {
		return "", errors.New("the file that is named here cannot be read")
	}
	password := strings.TrimRight(string(data), "\r\n")
	if password == "" || strings.ContainsAny(password, "\r\n") {
		return "", errors.New("the file that is named here must hold one line, the password")
	}
	return Secret(password), nil
}
