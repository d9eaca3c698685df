package delivery

import "time"

// Two tries in the first hour, then one every two to three hours (RFC 5321
// section 4.5.4.1). The spread keeps the many mails that one relay put off in
// the same minute from coming back in the same minute.
var retryDelays = [...]struct{ least, most time.Duration }{
	{5 * time.Minute, 15 * time.Minute},
	{15 * time.Minute, 30 * time.Minute},
	{time.Hour, 2 * time.Hour},
	{2 * time.Hour, 3 * time.Hour},
}

// retryDelay returns how long to wait after the given attempt, the first being
// 1. spread, from 0 up to but not including 1, is chance.
func retryDelay(attempt int, spread float64) time.Duration {
	d := retryDelays[min(max(attempt, 1), len(retryDelays))-1]
	return d.least + time.Duration(spread*float64(d.most-d.least))
}

const longestPause = 5 * time.Minute

// relayPause returns how long a relay is left alone after failing so many times
// in a row: 1 s, 2 s, 4 s … 5 min.
func relayPause(failures int) time.Duration {
	// The shift would overflow long after it has passed the longest pause.
	return min(time.Second<<min(max(failures, 1)-1, 20), longestPause)
}

// silencePause returns how long a relay is left alone that gives no answer to
// whole mails: 5, 10, 20, 40 min, 1 h. Every try may cost a reader the mail.
func silencePause(times int) time.Duration {
	return min(longestPause<<min(max(times, 1)-1, 4), time.Hour)
}
