package mail

import (
	"encoding/binary"
	"net"
	"syscall"
)

// A gauge tells whether the other side of a connection has gone away.
type gauge struct {
	raw  syscall.RawConn
	look func(fd uintptr)
	gone bool
}

// newGauge returns nil for what is no connection of the system's.
func newGauge(c net.Conn) *gauge {
	tcp, ok := c.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	g := &gauge{raw: raw}
	g.look = func(fd uintptr) {
		const established = 1 // TCP_ESTABLISHED
		info, err := syscall.GetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_INFO)
		var state [4]byte // the first octet of struct tcp_info
		binary.NativeEndian.PutUint32(state[:], uint32(info))
		g.gone = err == nil && state[0] != established
	}
	return g
}

// isGone reports whether the other side has closed or reset the connection, as
// far as the system has heard. It takes a fraction of a microsecond, allocates
// nothing and reads nothing.
func (g *gauge) isGone() bool {
	return g != nil && g.raw.Control(g.look) == nil && g.gone
}
