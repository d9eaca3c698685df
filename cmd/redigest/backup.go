package main

import (
	"context"
	"fmt"
	"runtime/debug"
)

type backupCommand struct {
	File string `arg:"" help:"The file to write; it must not be there yet." type:"path"`
}

func (backupCommand) example() string { return "redigest backup /backups/2026-02-03.db" }

// Run copies the database. The program may go on running meanwhile.
func (c *backupCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.db.Backup(ctx, c.File); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s\n", c.File)
		return nil
	})
}

type versionCommand struct{}

func (versionCommand) example() string { return "redigest version" }

// Run prints the version.
func (versionCommand) Run(std *streams) error {
	fmt.Fprintf(std.out, "redigest %s\n", version())
	return nil
}

// version returns what the build says of itself.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}
