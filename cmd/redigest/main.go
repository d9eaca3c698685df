package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/alecthomas/kong"

	"redigest/digest/database"
)

// The exit codes, which scripts and cron read.
const (
	exitDone    = 0
	exitNotDone = 1
	exitUsage   = 2
)

// What a mail server makes of a command that it pipes mail into (sysexits.h).
const (
	exitNoReport = 65 // EX_DATAERR: it returns the mail to its sender
	exitKeep     = 75 // EX_TEMPFAIL: it keeps the mail and tries again
)

// An exitError ends a command with an exit code of its own.
type exitError struct {
	error
	code int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second signal ends the program at once.
	context.AfterFunc(ctx, stop)
	database.SpareProcessor()
	std := streams{in: os.Stdin, out: os.Stdout, err: os.Stderr}
	code := run(ctx, os.Args[1:], std, os.Getenv)
	stop()
	os.Exit(code)
}

// streams are where a command reads and writes: results go to out, progress
// and complaints to err.
type streams struct {
	in  io.Reader
	out io.Writer
	err io.Writer
}

// errNotDone ends a command with exit code 1 when it has said all there is to
// say itself.
var errNotDone = errors.New("not done")

// A usageError is the user's mistake in calling a command.
type usageError struct{ error }

// run runs one command line and returns the exit code.
func run(ctx context.Context, args []string, std streams, getenv func(string) string) int {
	var c commands
	help := helpAsked{}
	parser, err := kong.New(&c,
		kong.Name("redigest"),
		kong.Description("Publishes a daily email newsletter from one binary and one SQLite file."),
		kong.Writers(std.out, std.err),
		kong.Exit(func(code int) { panic(help) }),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, WrapUpperBound: 100}),
		kong.Help(helpWithExample),
		kong.BindTo(ctx, (*context.Context)(nil)),
		kong.Bind(&std, &c.Globals),
	)
	if err != nil {
		fmt.Fprintf(std.err, "redigest: %v\n", err)
		return exitNotDone
	}
	c.Globals.getenv = getenv
	return execute(parser, args, std)
}

// meant returns the command that a wrong command line names, as far as it does.
func meant(err error) string {
	wrong, ok := errors.AsType[*kong.ParseError](err)
	if !ok || wrong.Context.Selected() == nil {
		return "redigest"
	}
	return wrong.Context.Selected().FullPath()
}

// helpAsked ends parsing when help was printed.
type helpAsked struct{}

func execute(parser *kong.Kong, args []string, std streams) (code int) {
	defer func() {
		if p := recover(); p != nil {
			if _, ok := p.(helpAsked); !ok {
				panic(p)
			}
			code = exitDone
		}
	}()
	if len(args) == 0 {
		args = []string{"--help"}
	}
	k, err := parser.Parse(args)
	if err != nil {
		fmt.Fprintf(std.err, "redigest: %v\n  try: %s --help\n", err, meant(err))
		return exitUsage
	}
	return exitCode(k.Run(), std)
}

// exitCode says what went wrong, if anything, and returns the code for it.
func exitCode(err error, std streams) int {
	var usage usageError
	var own exitError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errNotDone):
		return exitNotDone
	case errors.As(err, &usage):
		fmt.Fprintf(std.err, "redigest: %v\n", err)
		return exitUsage
	case errors.As(err, &own):
		fmt.Fprintf(std.err, "redigest: %v\n", err)
		return own.code
	case errors.Is(err, context.Canceled):
		fmt.Fprintf(std.err, "redigest: stopped (%v); run it again to go on\n", err)
		return exitNotDone
	}
	fmt.Fprintf(std.err, "redigest: %v\n", err)
	return exitNotDone
}
