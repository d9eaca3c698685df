package smtptest

import (
	"bufio"
	"crypto/tls"
	"encoding/base64"
	"net"
	"slices"
	"strings"
	"time"
)

// A session is the talk on one line.
type session struct {
	server *Server
	conn   net.Conn
	in     *bufio.Reader
	out    *bufio.Writer
	tls    bool
	user   string

	event   Event
	message Message
	begun   bool // MAIL has been accepted
}

func newSession(s *Server, c net.Conn, number int) *session {
	x := &session{server: s, event: Event{Conn: number}}
	x.use(c)
	return x
}

func (x *session) use(c net.Conn) {
	x.conn, x.in, x.out = c, bufio.NewReaderSize(c, 64<<10), bufio.NewWriter(c)
}

func (x *session) run() {
	if x.server.opts.FromTLS && !x.secure() {
		return
	}
	if _, open := x.answer(Greeting, "220 far.example ESMTP"); !open {
		return
	}
	for {
		line, err := x.in.ReadString('\n')
		if err != nil {
			return
		}
		x.event.Line = strings.TrimRight(line, "\r\n")
		verb, rest, _ := strings.Cut(x.event.Line, " ")
		if !x.command(strings.ToUpper(verb), rest) {
			return
		}
	}
}

// command obeys one command; false ends the talk.
func (x *session) command(verb, rest string) bool {
	switch verb {
	case "EHLO", "HELO":
		return x.hello(verb)
	case "STARTTLS":
		return x.startTLS()
	case "AUTH":
		return x.auth(rest)
	case "MAIL":
		return x.mail(rest)
	case "RCPT":
		return x.rcpt(rest)
	case "DATA":
		return x.data()
	case "RSET":
		x.forget()
		return x.says(Reset, "250 2.0.0 forgotten")
	case "NOOP":
		return x.send("250 2.0.0 still here", false)
	case "QUIT":
		x.says(Quit, "221 2.0.0 bye")
		return false
	}
	return x.send("500 5.5.1 what?", false)
}

func (x *session) hello(verb string) bool {
	if verb == "EHLO" && x.server.opts.NoEHLO {
		return x.send("502 5.5.1 not implemented", false)
	}
	lines := []string{"far.example greets you"}
	if verb == "EHLO" {
		lines = append(lines, x.server.opts.Extensions...)
		if x.server.opts.TLS != nil && !x.tls {
			lines = append(lines, "STARTTLS")
		}
		named := func(l string) bool { return strings.HasPrefix(l, "AUTH ") }
		if x.server.opts.User != "" && !slices.ContainsFunc(lines, named) {
			lines = append(lines, "AUTH PLAIN LOGIN")
		}
	}
	return x.says(Hello, strings.TrimSuffix(string(ehlo(lines)), "\r\n"))
}

func (x *session) startTLS() bool {
	if x.server.opts.TLS == nil || x.tls {
		return x.send("502 5.5.1 not offered", false)
	}
	ok, open := x.answer(StartTLS, "220 2.0.0 go ahead")
	return open && (!ok || x.secure())
}

func (x *session) secure() bool {
	c := tls.Server(x.conn, x.server.opts.TLS)
	if c.Handshake() != nil {
		return false
	}
	x.use(c)
	x.tls = true
	return true
}

func (x *session) auth(rest string) bool {
	mechanism, initial, _ := strings.Cut(rest, " ")
	var user, password string
	switch strings.ToUpper(mechanism) {
	case "PLAIN":
		if initial == "" {
			initial = x.ask("")
		}
		parts := strings.Split(decode(initial), "\x00")
		if len(parts) == 3 {
			user, password = parts[1], parts[2]
		}
	case "LOGIN":
		user, password = decode(x.ask("Username:")), decode(x.ask("Password:"))
	default:
		return x.send("504 5.5.4 no such mechanism", false)
	}
	usual := "535 5.7.8 credentials not accepted"
	if user == x.server.opts.User && password == x.server.opts.Password {
		usual, x.user = "235 2.7.0 welcome", user
	}
	return x.says(Auth, usual)
}

// ask sends a challenge and returns the answer to it.
func (x *session) ask(challenge string) string {
	x.send("334 "+base64.StdEncoding.EncodeToString([]byte(challenge)), false)
	line, _ := x.in.ReadString('\n')
	return strings.TrimRight(line, "\r\n")
}

func decode(s string) string {
	b, _ := base64.StdEncoding.DecodeString(s)
	return string(b)
}

func (x *session) mail(rest string) bool {
	x.forget()
	x.event.Message++
	if x.server.opts.User != "" && x.user == "" {
		return x.send("530 5.7.0 sign in first", false)
	}
	x.event.From, x.message.Params = path(rest)
	x.message.From = x.event.From
	var open bool
	x.begun, open = x.answer(Mail, "250 2.1.0 sender ok")
	return open
}

func (x *session) rcpt(rest string) bool {
	if !x.begun {
		return x.send("503 5.5.1 MAIL first", false)
	}
	to, _ := path(rest)
	x.event.To, x.event.Attempt = to, x.server.name(to)
	ok, open := x.answer(Rcpt, "250 2.1.5 recipient ok")
	if ok {
		x.message.To = append(x.message.To, to)
	}
	return open
}

func (x *session) forget() {
	x.message, x.begun = Message{}, false
	x.event.From, x.event.To, x.event.Attempt = "", "", 0
}

// path splits "FROM:<address> PARAMS".
func path(rest string) (address, params string) {
	_, rest, _ = strings.Cut(rest, "<")
	address, params, _ = strings.Cut(rest, ">")
	return address, strings.TrimSpace(params)
}

// says is answer for stages where a refusal changes nothing.
func (x *session) says(s Stage, usual string) (open bool) {
	_, open = x.answer(s, usual)
	return open
}

// answer asks the script and does as it says. ok: the answer was no refusal.
// open: the talk goes on.
func (x *session) answer(s Stage, usual string) (ok, open bool) {
	x.event.Stage = s
	a := x.server.opts.Script(x.event)
	reply := usual
	if a.Reply != "" {
		reply = a.Reply
	}
	return reply[0] == '2' || reply[0] == '3', x.perform(a, reply)
}

// perform sends a reply in the way an answer says; false ends the talk.
func (x *session) perform(a Answer, reply string) bool {
	if !x.wait(a) || a.Drop {
		return false
	}
	return x.send(reply, a.Split) && !a.Close
}

func (x *session) wait(a Answer) bool {
	if a.Silent {
		x.hold()
		return false
	}
	if a.Until != nil {
		select {
		case <-a.Until:
		case <-x.server.closing:
			return false
		}
	}
	if a.Delay > 0 {
		select {
		case <-time.After(a.Delay):
		case <-x.server.closing:
			return false
		}
	}
	return true
}

// hold reads until the other side or the server closes the line.
func (x *session) hold() {
	for {
		if _, err := x.in.Discard(1); err != nil {
			return
		}
	}
}

func (x *session) send(reply string, split bool) bool {
	x.out.WriteString(reply)
	x.out.WriteString("\r\n")
	if !split {
		return x.out.Flush() == nil
	}
	octets := []byte(reply + "\r\n")
	x.out.Reset(x.conn)
	for i := range octets {
		if _, err := x.conn.Write(octets[i : i+1]); err != nil {
			return false
		}
	}
	return true
}
