package mail

import (
	"context"
	"sync/atomic"
)

// An attention lets a context that is done end what waits on a line. To
// register with a context that many lines share costs more than a command
// does, so that is kept as long as the calls bring the same one.
type attention struct {
	done   <-chan struct{} // of the context that is registered with
	watch  *watch          // of that registration
	heeded atomic.Pointer[watch]
}

// A watch says under which registration a call runs. Between calls a context
// that ends is no affair of the line's.
type watch struct{ stop func() bool }

// heed begins a call under ctx.
func (c *Conn) heed(ctx context.Context) {
	if c.isBroken {
		return // nothing waits on it any more
	}
	if done := ctx.Done(); c.watch == nil || done != c.done {
		c.ignore()
		w := new(watch)
		c.done, c.watch = done, w
		w.stop = context.AfterFunc(ctx, func() {
			if c.heeded.Load() == w {
				c.socket.abort()
			}
		})
	}
	c.heeded.Store(c.watch)
	// What is done by now may have found no call to end.
	if ctx.Err() != nil {
		c.hangUp(context.Cause(ctx))
	}
}

// rest ends a call under ctx. If that is done, the line may be closed already.
func (c *Conn) rest(ctx context.Context) {
	c.heeded.Store(nil)
	if ctx.Err() != nil {
		c.hangUp(context.Cause(ctx))
	}
}

// ignore forgets the context of earlier calls.
func (c *Conn) ignore() {
	if c.watch != nil {
		c.watch.stop()
	}
	c.watch, c.done = nil, nil
}
