package main

import (
	"fmt"
	"strings"

	"github.com/alecthomas/kong"
)

// Globals are the flags that every command has.
type Globals struct {
	Config string `help:"The configuration; paths in it are relative to it." default:"config.yaml" placeholder:"FILE" type:"path"`

	getenv func(string) string
}

// commands is the command line of the program.
type commands struct {
	Globals

	Demo       demoCommand        `cmd:"" help:"Show everything on this machine: sample stories and readers, a built-in mailbox, the site."`
	Serve      serveCommand       `cmd:"" help:"Run the site, the feeds, the schedule and the delivery until stopped."`
	Story      storyCommands      `cmd:"" help:"Add, list and hide stories."`
	Source     sourceCommands     `cmd:"" help:"List the sources that stories are fetched from."`
	Fetch      fetchCommand       `cmd:"" help:"Fetch all sources now and store what they bring."`
	Issue      issueCommands      `cmd:"" help:"Preview, check, send, list, hold, cancel and resend issues."`
	Numbers    numbersCommands    `cmd:"" help:"Import, list and remove prices and shares."`
	Template   templateCommands   `cmd:"" help:"Make your own templates for the mail and the pages."`
	Subscriber subscriberCommands `cmd:"" help:"Add, import, list, export, suppress and erase subscribers."`
	Bounce     bounceCommands     `cmd:"" help:"Read mail that came back."`
	Arm        armCommand         `cmd:"" help:"Let mail leave for a relay beyond this machine, from here and from no copy of the database."`
	Disarm     disarmCommand      `cmd:"" help:"Stop mail to relays beyond this machine."`
	DKIM       dkimCommands       `cmd:"" name:"dkim" help:"Make the keys that mail is signed with, and check what is published."`
	Backup     backupCommand      `cmd:"" help:"Copy the database safely while the program runs."`
	Version    versionCommand     `cmd:"" help:"Print the version."`
}

// helpWithExample prints kong's help and below it the command's example.
func helpWithExample(options kong.HelpOptions, k *kong.Context) error {
	if err := kong.DefaultHelpPrinter(options, k); err != nil {
		return err
	}
	node := k.Selected()
	if node == nil || !node.Target.CanAddr() {
		return nil
	}
	if e, ok := node.Target.Addr().Interface().(interface{ example() string }); ok {
		fmt.Fprintf(k.Stdout, "\nExample:\n  %s\n", strings.ReplaceAll(e.example(), "\n", "\n  "))
	}
	return nil
}
