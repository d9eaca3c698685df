package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
)

// openInBrowser shows a page in the user's browser.
func openInBrowser(ctx context.Context, page []byte) error {
	f, err := os.CreateTemp("", "redigest-*.html")
	if err != nil {
		return err
	}
	_, err = f.Write(page)
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	opener := map[string]string{"darwin": "open", "windows": "explorer"}[runtime.GOOS]
	if opener == "" {
		opener = "xdg-open"
	}
	if err := exec.CommandContext(ctx, opener, f.Name()).Run(); err != nil {
		return fmt.Errorf("open %s in a browser (%s): %w", f.Name(), opener, err)
	}
	return nil
}
