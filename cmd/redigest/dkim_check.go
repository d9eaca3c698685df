package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"
	"time"

	"redigest/cmd/internal/config"
	"redigest/subscribers/mail"
)

type dkimCheckCommand struct {
	Selector string `help:"Check the keys that “dkim new” made under this name, rather than those of the configuration." placeholder:"NAME"`
	JSON     bool   `help:"Print as JSON."`
}

func (dkimCheckCommand) example() string {
	return "redigest dkim check\nredigest dkim check --selector 2026b"
}

// A lookup finds the TXT records of a name, as [net.Resolver.LookupTXT] does.
type lookup func(ctx context.Context, name string) ([]string, error)

// Run asks the DNS for what should stand there.
func (c *dkimCheckCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	conf, err := config.Load(g.Config, g.getenv)
	if err != nil {
		return err
	}
	return c.check(ctx, conf, std, net.DefaultResolver.LookupTXT)
}

// A checkedKey is what a program reads of a check.
type checkedKey struct {
	Selector string `json:"selector"`
	Name     string `json:"name"`
	Record   string `json:"record"` // what must be published
	OK       bool   `json:"ok"`
	Problem  string `json:"problem,omitempty"`

	zone   string
	unseen bool // nobody knows what is published there
}

// errLookup is that the DNS gave no answer.
var errLookup = errors.New("the DNS gives no answer, so nobody knows what is published there")

func (c *dkimCheckCommand) check(ctx context.Context, conf config.Config, std *streams, look lookup) error {
	keys := conf.Mail.DKIM
	if c.Selector != "" {
		keys = keysNamed(conf, c.Selector)
	}
	signer, err := signerOf(conf, keys)
	if err != nil {
		return err
	}
	if signer == nil {
		return errors.New("mail.dkim names no keys, so mail is not signed here; “redigest dkim new” makes them")
	}
	records, err := signer.Records()
	if err != nil {
		return err
	}
	var all []checkedKey
	for _, r := range records {
		all = append(all, checkRecord(ctx, r, look))
	}
	if err := c.print(std, all); err != nil {
		return err
	}
	if slices.ContainsFunc(all, func(k checkedKey) bool { return !k.OK }) {
		return errNotDone
	}
	return nil
}

func checkRecord(ctx context.Context, r mail.KeyRecord, look lookup) checkedKey {
	k := checkedKey{Selector: r.Selector, Name: r.Name, Record: r.Text, zone: r.Zone(), OK: true}
	if err := checkPublished(ctx, r, look); err != nil {
		k.OK, k.Problem, k.unseen = false, err.Error(), errors.Is(err, errLookup)
	}
	return k
}

// checkPublished looks a record up.
func checkPublished(ctx context.Context, r mail.KeyRecord, look lookup) error {
	const patience = 15 * time.Second
	ctx, stop := context.WithTimeout(ctx, patience)
	defer stop()
	published, err := look(ctx, r.Name+".") // with its dot, so that no search domain is added
	if missing := (*net.DNSError)(nil); errors.As(err, &missing) && missing.IsNotFound {
		return r.Check(nil)
	}
	if err != nil {
		return fmt.Errorf("%w: %w", errLookup, err)
	}
	return r.Check(published)
}

func (c *dkimCheckCommand) print(std *streams, all []checkedKey) error {
	if c.JSON {
		return printJSON(std.out, all)
	}
	for _, k := range all {
		switch {
		case k.OK:
			fmt.Fprintf(std.out, "%s: right\n", k.Name)
		case k.unseen:
			fmt.Fprintf(std.out, "%s: %s\n", k.Name, k.Problem)
		default:
			fmt.Fprintf(std.out, "%s: %s; publish\n%s\n", k.Name, k.Problem, k.zone)
		}
	}
	return nil
}
