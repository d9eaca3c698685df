package mail

import (
	"cmp"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/textproto"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wneessen/go-mail/smtp"
)

// DialOptions are how to open a line to a relay and how long to wait on it.
type DialOptions struct {
	DialContext func(ctx context.Context, network, address string) (net.Conn, error) // net.Dialer's if nil
	HELO        string                                                               // the name we greet with; this machine's if empty
	TLS         *tls.Config                                                          // nil: the system's roots, the relay's host name
	Timeouts    Timeouts
}

// Timeouts are how long to wait for each answer. Zero is what stands behind
// each, from RFC 5321 section 4.5.3.2 where it names a time.
type Timeouts struct {
	Connect  time.Duration // 30 s
	Greeting time.Duration // 5 min
	Hello    time.Duration // 5 min: EHLO, STARTTLS with its handshake, AUTH, RSET, each
	Mail     time.Duration // 5 min
	Rcpt     time.Duration // 5 min
	Data     time.Duration // 2 min
	Block    time.Duration // 3 min: until the relay has taken a block of the message
	Dot      time.Duration // 10 min: for the answer to the whole message
	Quit     time.Duration // 5 s
}

func (t Timeouts) withDefaults() Timeouts {
	return Timeouts{
		Connect:  cmp.Or(t.Connect, 30*time.Second),
		Greeting: cmp.Or(t.Greeting, 5*time.Minute),
		Hello:    cmp.Or(t.Hello, 5*time.Minute),
		Mail:     cmp.Or(t.Mail, 5*time.Minute),
		Rcpt:     cmp.Or(t.Rcpt, 5*time.Minute),
		Data:     cmp.Or(t.Data, 2*time.Minute),
		Block:    cmp.Or(t.Block, 3*time.Minute),
		Dot:      cmp.Or(t.Dot, 10*time.Minute),
		Quit:     cmp.Or(t.Quit, 5*time.Second),
	}
}

// Dial opens a line to a relay: it connects, greets, and does TLS and AUTH as
// the relay's settings demand. A no from the relay is a *[Refusal], anything
// else that went wrong a *[LineError]; either way nothing stays open.
func Dial(ctx context.Context, r Relay, o DialOptions) (*Conn, error) {
	d := dialer{relay: r, opts: o, wait: o.Timeouts.withDefaults()}
	raw, err := d.connect(ctx)
	if err != nil {
		return nil, d.explain(ctx, StageConnect, err)
	}
	d.socket = newSocket(raw)
	stop := context.AfterFunc(ctx, d.socket.abort)
	for _, step := range []struct {
		stage Stage
		do    func(context.Context) error
	}{
		{StageStartTLS, d.handshake},
		{StageGreeting, d.greet},
		{StageHello, d.hello},
		{StageStartTLS, d.startTLS},
		{StageAuth, d.auth},
	} {
		d.socket.allow()
		if err := step.do(ctx); err != nil {
			stop()
			d.socket.Close()
			return nil, d.explain(ctx, step.stage, err)
		}
	}
	if !stop() {
		return nil, d.explain(ctx, StageAuth, net.ErrClosed)
	}
	return newConn(d.relay, d.client, d.socket, d.wait), nil
}

// A dialer holds what has been opened so far.
type dialer struct {
	relay  Relay
	opts   DialOptions
	wait   Timeouts
	socket *socket
	secure net.Conn // TLS on the line, where it is there from the first octet
	client *smtp.Client
}

func (d *dialer) connect(ctx context.Context) (net.Conn, error) {
	dial := d.opts.DialContext
	if dial == nil {
		dial = new(net.Dialer).DialContext
	}
	ctx, cancel := context.WithTimeout(ctx, d.wait.Connect)
	defer cancel()
	c, err := dial(ctx, "tcp", d.relay.Addr())
	if err != nil {
		return nil, err
	}
	// A name for this machine may lead elsewhere after all.
	if a, ok := c.RemoteAddr().(*net.TCPAddr); ok && d.relay.Loopback() && !a.IP.IsLoopback() {
		c.Close()
		return nil, fmt.Errorf("%s is not on this machine, as its name %s says", a, d.relay.Host)
	}
	return c, nil
}

func (d *dialer) tlsConfig() *tls.Config {
	c := &tls.Config{}
	if d.opts.TLS != nil {
		c = d.opts.TLS.Clone()
	}
	c.ServerName = cmp.Or(c.ServerName, d.relay.Host)
	c.DynamicRecordSizingDisabled = true // it helps the first words of a page, not messages
	return c
}

// handshake opens TLS on a line that has it from the first octet.
func (d *dialer) handshake(ctx context.Context) error {
	if d.relay.Security != ImplicitTLS {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, d.wait.Hello)
	defer cancel()
	c := tls.Client(d.socket, d.tlsConfig())
	d.secure = c
	return c.HandshakeContext(ctx)
}

func (d *dialer) greet(ctx context.Context) (err error) {
	ctx, cancel := context.WithTimeout(ctx, d.wait.Greeting)
	defer cancel()
	deadline, _ := ctx.Deadline()
	if err := d.socket.SetDeadline(deadline); err != nil {
		return err
	}
	top := net.Conn(d.socket)
	if d.secure != nil {
		top = d.secure
	}
	d.client, err = smtp.NewClient(top, d.relay.Host)
	return err
}

func (d *dialer) hello(context.Context) error {
	if err := d.client.UpdateDeadline(d.wait.Hello); err != nil {
		return err
	}
	return d.client.Hello(helloName(d.opts.HELO))
}

func (d *dialer) startTLS(context.Context) error {
	if d.relay.Security != StartTLS {
		return nil
	}
	if offered, _ := d.client.Extension("STARTTLS"); !offered {
		return &Refusal{Stage: StageStartTLS, Local: true, Reply: Reply{Code: 530, Enhanced: "5.7.0",
			Text: d.relay.Name + " offers no STARTTLS, and mail for it is not sent in the clear; if its port is TLS from the start, write smtps://"}}
	}
	if err := d.client.UpdateDeadline(d.wait.Hello); err != nil {
		return err
	}
	return d.client.StartTLS(d.tlsConfig())
}

func (d *dialer) auth(context.Context) error {
	if d.relay.User == "" {
		return nil
	}
	_, offered := d.client.Extension("AUTH")
	auth := d.mechanism(strings.Fields(strings.ToUpper(offered)))
	if auth == nil {
		return &Refusal{Stage: StageAuth, Local: true, Reply: Reply{Code: 504, Enhanced: "5.5.4",
			Text: fmt.Sprintf("%s offers no way to sign in that is known here (it offers %q)", d.relay.Name, offered)}}
	}
	if err := d.client.UpdateDeadline(d.wait.Hello); err != nil {
		return err
	}
	return d.client.Auth(auth)
}

// mechanism picks how to sign in. The line is TLS or stays on this machine, so
// what most relays do best comes first.
func (d *dialer) mechanism(offered []string) smtp.Auth {
	r := d.relay
	for _, m := range []struct {
		name string
		auth smtp.Auth
	}{
		{"PLAIN", smtp.PlainAuth("", r.User, r.Password, r.Host, true)},
		{"LOGIN", smtp.LoginAuth(r.User, r.Password, r.Host, true)},
		{"SCRAM-SHA-256", smtp.ScramSHA256Auth(r.User, r.Password)},
		{"CRAM-MD5", smtp.CRAMMD5Auth(r.User, r.Password)},
	} {
		if slices.Contains(offered, m.name) {
			return m.auth
		}
	}
	return nil
}

// explain makes the error of a step what Dial promises.
func (d *dialer) explain(ctx context.Context, stage Stage, err error) error {
	var refused *Refusal
	if errors.As(err, &refused) {
		return refused
	}
	var answer *textproto.Error
	if errors.As(err, &answer) && answer.Code >= 400 && answer.Code <= 599 {
		return &Refusal{Stage: stage, Reply: parseReply(answer.Code, answer.Msg)}
	}
	return &LineError{stage, d.relay.Name, cause(ctx, err)}
}

// helloName is what we greet with: a host name, or nothing that says anything.
func helloName(name string) string {
	if name == "" {
		name, _ = os.Hostname()
	}
	if checkDomain(name) != nil && !isAddressLiteral(name) {
		return "localhost"
	}
	return name
}

func isAddressLiteral(s string) bool {
	inner, ok := strings.CutPrefix(s, "[")
	inner, ok2 := strings.CutSuffix(inner, "]")
	return ok && ok2 && net.ParseIP(strings.TrimPrefix(inner, "IPv6:")) != nil
}

// sizeLimit reads the SIZE extension (RFC 1870): 0 when there is no limit.
func sizeLimit(client *smtp.Client) (limit int64, offered bool) {
	offered, param := client.Extension("SIZE")
	limit, err := strconv.ParseInt(strings.TrimSpace(param), 10, 64)
	if err != nil || limit < 0 {
		limit = 0
	}
	return limit, offered
}
