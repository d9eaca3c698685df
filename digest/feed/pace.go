package feed

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"redigest/digest"
)

const (
	usualPause = 30 * time.Minute // of a source that names none
	maxPause   = 24 * time.Hour   // whatever a server says: a source is asked once a day
)

func newAnswer(resp *http.Response, now time.Time) answer {
	return answer{
		status:       resp.StatusCode,
		url:          resp.Request.URL.String(),
		contentType:  resp.Header.Get("Content-Type"),
		etag:         resp.Header.Get("ETag"),
		lastModified: resp.Header.Get("Last-Modified"),
		retryAfter:   retryAfter(resp.Header.Get("Retry-After"), now),
		maxAge:       maxAge(resp.Header.Values("Cache-Control")),
	}
}

// retryAfter reads seconds or a date (RFC 9110 §10.2.3).
func retryAfter(value string, now time.Time) time.Duration {
	if value == "" {
		return 0
	}
	if seconds, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64); err == nil {
		return boundedSeconds(seconds)
	}
	if t, err := http.ParseTime(value); err == nil {
		return max(0, t.Sub(now))
	}
	return 0
}

// maxAge reads how long an answer stays fresh (RFC 9111 §5.2.2.1).
func maxAge(values []string) time.Duration {
	for directive := range strings.SplitSeq(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
		if !strings.EqualFold(name, "max-age") {
			continue
		}
		if seconds, err := strconv.ParseInt(strings.Trim(value, `"`), 10, 64); err == nil {
			return boundedSeconds(seconds)
		}
	}
	return 0
}

// boundedSeconds bounds what a server says before it can overflow.
func boundedSeconds(n int64) time.Duration {
	return time.Duration(min(max(n, 0), int64(maxPause/time.Second))) * time.Second
}

func every(src digest.Source) time.Duration {
	if src.Every <= 0 {
		return usualPause
	}
	return src.Every
}

// done returns src after a fetch that went well.
func done(src digest.Source, a answer, now time.Time) digest.Source {
	src.Failures, src.LastError = 0, ""
	src.LastReadAt = now
	if src.FirstReadAt.IsZero() {
		src.FirstReadAt = now
	}
	src.NextAt = now.Add(longer(every(src), a.maxAge, a.retryAfter))
	return src
}

// failed returns src after a fetch that did not. The pause doubles with each
// failure in a row, up to a day. A source that is gone is stopped.
func failed(src digest.Source, a answer, err error, now time.Time) digest.Source {
	src.Failures++
	src.LastError = err.Error()
	pause := every(src)
	for i := 1; i < src.Failures && pause < maxPause; i++ {
		pause *= 2
	}
	src.NextAt = now.Add(longer(max(every(src), min(pause, maxPause)), a.retryAfter))
	if a.status == http.StatusGone {
		src.State = digest.SourceStopped
	}
	return src
}

// longer returns pause, or what a server asks for when that is longer and not
// beyond a day.
func longer(pause time.Duration, asked ...time.Duration) time.Duration {
	for _, d := range asked {
		pause = max(pause, min(d, maxPause))
	}
	return pause
}
