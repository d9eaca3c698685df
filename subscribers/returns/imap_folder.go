package returns

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/emersion/go-imap"
	"github.com/emersion/go-imap/client"
)

// So many mails are worked through before they are deleted and flagged.
const batch = 50

// empty works through one folder.
func (r *Returns) empty(ctx context.Context, c *client.Client, folder string) (t Tally, err error) {
	box, err := c.Select(folder, false)
	if err != nil {
		return t, fmt.Errorf("open the folder %s: %w", folder, err)
	}
	if box.ReadOnly {
		return t, errReadOnly
	}
	// Who flagged a mail, we or a person, wants it kept.
	wanted := imap.NewSearchCriteria()
	wanted.WithoutFlags = []string{imap.FlaggedFlag}
	uids, err := c.UidSearch(wanted)
	if err != nil {
		return t, fmt.Errorf("look for mail: %w", err)
	}
	slices.Sort(uids)
	for some := range slices.Chunk(uids, batch) {
		done, err := r.emptyBatch(ctx, c, some)
		t.Taken, t.Kept = t.Taken+done.Taken, t.Kept+done.Kept
		if err != nil {
			return t, err
		}
	}
	return t, nil
}

// emptyBatch takes some mails in, and only then deletes or flags them. What was
// taken in before something failed is deleted all the same, if it can be.
func (r *Returns) emptyBatch(ctx context.Context, c *client.Client, uids []uint32) (Tally, error) {
	taken, kept := new(imap.SeqSet), new(imap.SeqSet)
	var t Tally
	var failure error
	for _, uid := range uids {
		done, err := r.takeUID(ctx, c, uid)
		if errors.Is(err, errExpunged) {
			continue
		}
		if errors.Is(err, errUnread) && c.State() == imap.SelectedState {
			failure = err // the others are not to wait for it
			continue
		}
		if err != nil {
			failure = err
			break
		}
		if done {
			taken.AddNum(uid)
			t.Taken++
		} else {
			kept.AddNum(uid)
			t.Kept++
		}
	}
	if ctx.Err() != nil {
		return t, failure
	}
	return t, errors.Join(failure, flag(c, kept, imap.FlaggedFlag), remove(c, taken))
}

var (
	// errExpunged means that somebody else deleted the mail meanwhile.
	errExpunged = errors.New("the mail is gone")
	// errUnread means that the server did not give the mail out.
	errUnread = errors.New("read a mail")
)

// takeUID takes in one mail and reports whether it may go.
func (r *Returns) takeUID(ctx context.Context, c *client.Client, uid uint32) (done bool, err error) {
	raw, err := fetch(c, uid)
	if err != nil {
		return false, err
	}
	out, err := r.Take(ctx, raw, nil)
	if err != nil {
		return false, err
	}
	if !out.Done() {
		r.log.Warn("a mail in the mailbox for returned mail is left for you: it is flagged", "uid", uid, "kind", out.Kind, "token", out.Claim)
	}
	return out.Done(), nil
}

// fetch reads a mail, or the beginning of a huge one, and leaves it unread.
func fetch(c *client.Client, uid uint32) ([]byte, error) {
	set := new(imap.SeqSet)
	set.AddNum(uid)
	whole := &imap.BodySectionName{Peek: true, Partial: []int{0, maxMail}}
	// The server may send other mails' flags too, so the channel has to be read
	// to its end.
	messages := make(chan *imap.Message, 8)
	failed := make(chan error, 1)
	go func() { failed <- c.UidFetch(set, []imap.FetchItem{imap.FetchUid, whole.FetchItem()}, messages) }()
	var raw []byte
	err := errExpunged
	for m := range messages {
		for _, body := range m.Body {
			if m.Uid == uid && body != nil {
				raw, err = io.ReadAll(body)
			}
		}
	}
	if fetchErr := <-failed; fetchErr != nil {
		return nil, fmt.Errorf("%w: %w", errUnread, fetchErr)
	}
	return raw, err
}

func flag(c *client.Client, uids *imap.SeqSet, flags ...any) error {
	if uids.Empty() {
		return nil
	}
	if err := c.UidStore(uids, imap.FormatFlagsOp(imap.AddFlags, true), flags, nil); err != nil {
		return fmt.Errorf("flag mail: %w", err)
	}
	return nil
}

// remove deletes mails for good.
func remove(c *client.Client, uids *imap.SeqSet) error {
	if uids.Empty() {
		return nil
	}
	if err := flag(c, uids, imap.DeletedFlag); err != nil {
		return err
	}
	if err := expunge(c, uids); err != nil {
		return fmt.Errorf("delete mail: %w", err)
	}
	return nil
}

// expunge removes these mails alone where the server can (RFC 4315), and
// else whatever is marked as deleted, as any mail program would.
func expunge(c *client.Client, uids *imap.SeqSet) error {
	exact, err := c.Support("UIDPLUS")
	if err != nil {
		return err
	}
	if !exact {
		return c.Expunge(nil)
	}
	status, err := c.Execute(uidExpunge{uids}, nil)
	if err != nil {
		return err
	}
	return status.Err()
}

// A uidExpunge is the command of RFC 4315, section 2.1.
type uidExpunge struct{ uids *imap.SeqSet }

// Command returns it as it is sent.
func (e uidExpunge) Command() *imap.Command {
	return &imap.Command{Name: "UID", Arguments: []any{imap.RawString("EXPUNGE"), e.uids}}
}
