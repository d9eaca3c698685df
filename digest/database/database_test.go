package database_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"redigest/digest/database"
)

var now = time.Date(2026, 2, 3, 6, 0, 0, 0, time.UTC)

func open(t *testing.T, path string) *database.DB {
	t.Helper()
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func exec(t *testing.T, db *database.DB, query string) {
	t.Helper()
	err := db.Transact(t.Context(), func(tx *sql.Tx) error {
		_, err := tx.ExecContext(t.Context(), query)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func count(t *testing.T, db *database.DB) (n int) {
	t.Helper()
	if err := db.Read().QueryRowContext(t.Context(), "SELECT COUNT(*) FROM things").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestATransactionThatFailsKeepsNothing(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
	stop := errors.New("stop")
	err := db.Transact(t.Context(), func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(t.Context(), "INSERT INTO things (id) VALUES (1)"); err != nil {
			return err
		}
		return stop
	})
	if !errors.Is(err, stop) || count(t, db) != 0 {
		t.Errorf("it returned %v and left %d rows", err, count(t, db))
	}
}

func TestTwoHandlesThatReadAndThenWriteLoseNothing(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	handles := []*database.DB{open(t, path), open(t, path)}
	exec(t, handles[0], "CREATE TABLE things (id INTEGER PRIMARY KEY)")
	var wg sync.WaitGroup
	const each, workers = 25, 4
	for i := range workers {
		wg.Go(func() {
			for range each {
				err := handles[i%2].Transact(t.Context(), func(tx *sql.Tx) error {
					var n int
					if err := tx.QueryRowContext(t.Context(), "SELECT COALESCE(MAX(id), 0) FROM things").Scan(&n); err != nil {
						return err
					}
					_, err := tx.ExecContext(t.Context(), "INSERT INTO things (id) VALUES ($1)", n+1)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if n := count(t, handles[0]); n != each*workers {
		t.Errorf("%d rows, want %d", n, each*workers)
	}
}

func TestMigrateRunsEachFileOnce(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	files := fstest.MapFS{"schema/0001_things.sql": {Data: []byte("CREATE TABLE things (id INTEGER PRIMARY KEY); INSERT INTO things (id) VALUES (1)")}}
	for range 2 {
		if err := db.Migrate(t.Context(), "half", files, now); err != nil {
			t.Fatal(err)
		}
	}
	files["schema/0002_more.sql"] = &fstest.MapFile{Data: []byte("INSERT INTO things (id) VALUES (2)")}
	if err := db.Migrate(t.Context(), "half", files, now); err != nil {
		t.Fatal(err)
	}
	if n := count(t, db); n != 2 {
		t.Errorf("%d rows, want 2", n)
	}
}

func TestMigrateRefusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	first := fstest.MapFS{"schema/0001_things.sql": {Data: []byte("CREATE TABLE things (id INTEGER PRIMARY KEY)")}}
	if err := db.Migrate(t.Context(), "half", first, now); err != nil {
		t.Fatal(err)
	}
	if err := db.Migrate(t.Context(), "half", fstest.MapFS{}, now); !errors.Is(err, database.ErrNewer) {
		t.Errorf("an older program gets %v, want ErrNewer", err)
	}
	changed := fstest.MapFS{"schema/0001_things.sql": {Data: []byte("CREATE TABLE other (id INTEGER PRIMARY KEY)")}}
	if err := db.Migrate(t.Context(), "half", changed, now); err == nil {
		t.Error("a file that changed after it ran is accepted")
	}
}

func TestAFailingMigrationLeavesTheDatabaseAsItWas(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
	files := fstest.MapFS{
		"schema/0001_rows.sql":  {Data: []byte("INSERT INTO things (id) VALUES (1)")},
		"schema/0002_wrong.sql": {Data: []byte("INSERT INTO nowhere (id) VALUES (1)")},
	}
	if err := db.Migrate(t.Context(), "half", files, now); err == nil || count(t, db) != 0 {
		t.Errorf("it returned %v and left %d rows", err, count(t, db))
	}
}

func TestABackupIsConsistentWhileOthersWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "x.db"))
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY)")
	ctx, stop := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for ctx.Err() == nil {
			// Always two rows at a time: an odd count is half a transaction.
			_ = db.Transact(ctx, func(tx *sql.Tx) error {
				_, err := tx.ExecContext(ctx, "INSERT INTO things SELECT COALESCE(MAX(id), 0) + 1 FROM things")
				if err != nil {
					return err
				}
				_, err = tx.ExecContext(ctx, "INSERT INTO things SELECT MAX(id) + 1 FROM things")
				return err
			})
		}
	})
	for count(t, db) < 20 {
		runtime.Gosched()
	}
	copyPath := filepath.Join(dir, "copy.db")
	err := db.Backup(t.Context(), copyPath)
	stop()
	wg.Wait()
	if err != nil {
		t.Fatal(err)
	}
	if n := count(t, open(t, copyPath)); n < 20 || n%2 != 0 {
		t.Errorf("the copy holds %d rows, want 20 or more and no half transaction", n)
	}
	for _, name := range []string{"x.db", "x.db-wal", "copy.db"} {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s can be read by others: %v (%v)", name, info.Mode(), err)
		}
	}
	if err := db.Backup(t.Context(), copyPath); err == nil {
		t.Error("a backup overwrites a file that is there")
	}
}

func TestPromise10AFileThatIsNoDatabaseIsRefusedInWords(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	text := []byte("these are somebody's notes and not a database, and they are to stay as they are\n")
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := database.Open(t.Context(), path); !errors.Is(err, database.ErrNotOurs) {
		t.Errorf("opening it gives %v, want ErrNotOurs", err)
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != string(text) {
		t.Errorf("the file was changed: %q %v", got, err)
	}
	if _, err := database.Open(t.Context(), filepath.Join(t.TempDir(), "no", "such", "folder", "x.db")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a folder that is not there gives %v", err)
	}
}

func TestIDsGrow(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	last := database.ID(0)
	for i := range 10_000 {
		// The clock goes back now and then.
		id := db.NewID(now.Add(-time.Duration(i%3) * time.Second))
		if id <= last {
			t.Fatalf("ID %d after %d", id, last)
		}
		last = id
	}
	if got, err := database.ParseID(last.String()); err != nil || got != last {
		t.Errorf("the text of %d reads back as %d (%v)", last, got, err)
	}
	for _, wrong := range []string{"", "-1", "0", "a b", "zzzzzzzzzzzzzzzzzzzzz"} {
		if id, err := database.ParseID(wrong); err == nil {
			t.Errorf("%q reads as ID %d", wrong, id)
		}
	}
}

func TestTimesAreWholeMilliseconds(t *testing.T) {
	t.Parallel()
	if database.Millis(time.Time{}) != 0 || !database.Time(0).IsZero() {
		t.Error("the zero time is not 0")
	}
	if got := database.Time(database.Millis(now.Add(1500 * time.Microsecond))); !got.Equal(now.Add(time.Millisecond)) {
		t.Errorf("got %v", got)
	}
}

func TestWhatIsDeletedIsGoneFromTheFile(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "x.db")
	db, err := database.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY, text TEXT)")
	exec(t, db, "INSERT INTO things (id, text) VALUES (1, 'somebody@example.org')")
	exec(t, db, "DELETE FROM things")
	if err := db.Close(); err != nil { // which writes the journal into the file
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || strings.Contains(string(data), "somebody") {
		t.Errorf("the file still holds it (%v)", err)
	}
}

func TestOneFileHasOnePath(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	db := open(t, filepath.Join(dir, "x.db"))
	link := filepath.Join(dir, "link.db")
	if err := os.Symlink(db.Path(), link); err != nil {
		t.Fatal(err)
	}
	if other := open(t, link); other.Path() != db.Path() {
		t.Errorf("one file is at %s and at %s", db.Path(), other.Path())
	}
}

func TestABatchIsKeptWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
	b := db.Batch("INSERT INTO things (id, name) VALUES ($1, $2)", "SELECT id, name FROM things WHERE id = $1", "UPDATE things SET name = $1")
	stop := errors.New("stop")
	for i := range 100 {
		err := b.Transact(t.Context(), func(run *database.Run) error {
			for j := range 10 {
				if _, err := run.Exec(0, i*10+j, "thing"); err != nil {
					return err
				}
			}
			if i%2 == 1 {
				return stop
			}
			return nil
		})
		if i%2 == 1 && !errors.Is(err, stop) || i%2 == 0 && err != nil {
			t.Fatalf("transaction %d returned %v", i, err)
		}
		exec(t, db, "DELETE FROM things WHERE id < 0") // others use the same connection
	}
	if n := count(t, db); n != 500 {
		t.Errorf("%d rows, want 500", n)
	}
	err := b.Transact(t.Context(), func(run *database.Run) error {
		row, err := run.First(1, database.ID(21))
		if err != nil || len(row) != 2 || row[0] != int64(21) || row[1] != "thing" {
			t.Errorf("row 21 is %v, %v", row, err)
		}
		if row, err := run.First(1, 10); err != nil || row != nil {
			t.Errorf("a row that is not there is %v, %v", row, err)
		}
		if n, err := run.Exec(2, "changed"); err != nil || n != 500 {
			t.Errorf("changed %d rows, %v", n, err)
		}
		_, err = run.Exec(0, 21, "again")
		return err
	})
	if err == nil {
		t.Error("a second row with the key of the first is accepted")
	}
	if err := b.Transact(t.Context(), func(run *database.Run) error {
		if row, err := run.First(1, 21); err != nil || row[1] != "thing" {
			t.Errorf("after the transaction that failed row 21 is %v, %v", row, err)
		}
		return nil
	}); err != nil {
		t.Error(err)
	}
}

func TestABatchThatIsNotSQLSaysSo(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	b := db.Batch("SELECT 1", "SELEKT 1")
	for range 2 {
		if err := b.Transact(t.Context(), func(*database.Run) error { return nil }); err == nil {
			t.Error("it is accepted")
		}
	}
	exec(t, db, "CREATE TABLE things (id INTEGER PRIMARY KEY)") // the connection is still good
}

func TestABatchEndsWithItsDatabase(t *testing.T) {
	t.Parallel()
	db := open(t, filepath.Join(t.TempDir(), "x.db"))
	b := db.Batch("SELECT 1")
	nothing := func(*database.Run) error { return nil }
	if err := b.Transact(t.Context(), nothing); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
	if err := b.Transact(t.Context(), nothing); err == nil {
		t.Error("it runs on a database that is closed")
	}
}
