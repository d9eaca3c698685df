package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"

	"redigest/digest/database"
	"redigest/subscribers/delivery"
)

type backupCommand struct {
	File string `arg:"" help:"The file to write; it must not be there yet." type:"path"`
}

func (backupCommand) example() string { return "redigest backup /backups/2026-02-03.db" }

// Run copies the database. The program may go on running meanwhile.
func (c *backupCommand) Run(ctx context.Context, g *Globals, std *streams) error {
	return g.with(ctx, std, func(a *app) error {
		if err := a.backup(ctx, c.File); err != nil {
			return err
		}
		fmt.Fprintf(std.out, "%s\n", c.File)
		return nil
	})
}

// backup writes a disarmed copy of the database: whoever restores it does not
// know which issues went out since.
func (a *app) backup(ctx context.Context, file string) (err error) {
	if _, err := os.Lstat(file); err == nil {
		return fmt.Errorf("back up to %s: the file is already there; name a new one", file)
	}
	// Under its name there is never a copy that is armed or not whole.
	dir, err := os.MkdirTemp(filepath.Dir(file), ".redigest-backup-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	part := filepath.Join(dir, filepath.Base(file))
	if err := a.db.Backup(ctx, part); err != nil {
		return err
	}
	copied, err := database.Open(ctx, part)
	if err != nil {
		return err
	}
	err = delivery.NewArming(copied, delivery.Place{Database: copied.Path()}, a.now).Disarm(ctx)
	if err := errors.Join(err, copied.Close()); err != nil {
		return err
	}
	return os.Rename(part, file)
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
