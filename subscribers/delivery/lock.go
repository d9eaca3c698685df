package delivery

import (
	"errors"
	"fmt"
	"os"
)

// ErrLocked means that another process delivers the mail of this database.
var ErrLocked = errors.New("another process of redigest delivers the mail of this database")

// A SenderLock is held by the one process that delivers. The system drops it when the
// process dies, however that happens: to have it proves the last holder gone.
type SenderLock struct {
	file *os.File
}

// Lock takes the lock of the database file at databasePath, without waiting. It
// returns [ErrLocked] when another process has it.
func Lock(databasePath string) (*SenderLock, error) {
	path := databasePath + ".sender"
	// The file stays when the lock goes: were it removed, two processes could
	// each lock a file of that name.
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("take the sender's lock: %w", err)
	}
	if err := lockFile(f); err != nil {
		return nil, fmt.Errorf("take the sender's lock %s: %w", path, errors.Join(err, f.Close()))
	}
	return &SenderLock{file: f}, nil
}

// Release lets another process deliver.
func (l *SenderLock) Release() error { return l.file.Close() }
