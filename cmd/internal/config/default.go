package config

import (
	"reflect"
	"time"
)

// What a source and a relay have when their keys are left out.
const (
	defaultEvery                 = Duration(30 * time.Minute)
	defaultConnections           = 10
	defaultMessagesPerConnection = 100
)

// preset gives an element of a list the values of the keys that it leaves out.
func preset(element reflect.Value) {
	switch e := element.Addr().Interface().(type) {
	case *Source:
		e.Every = defaultEvery
	case *Relay:
		e.Connections = defaultConnections
		e.MessagesPerConnection = defaultMessagesPerConnection
		e.Sign = true
	}
}

// Default returns what a config.yaml means that sets no key. It works as it is: mail goes
// to the built-in mailbox, and what names the publisher is a sample.
func Default() Config {
	return Config{
		Publication: Publication{
			Name:          "Rare Earth Daily",
			Tagline:       "Rare earths, from mine to magnet",
			URL:           "https://www.example.org/",
			From:          "daily@example.org",
			PostalAddress: "1 Sample Street, Sampletown",
			Language:      "en",
			TimeZone:      "UTC",
		},
		Schedule: Schedule{
			Cron:       "0 6 * * *",
			MinStories: 1,
			Late:       Duration(6 * time.Hour),
		},
		Digest: Digest{
			MaxStories: 40,
			MaxAge:     Duration(7 * 24 * time.Hour),
		},
		Numbers: Numbers{
			OldAfter: Duration(96 * time.Hour),
		},
		Mail: Mail{
			GiveUp:   Duration(20 * time.Hour),
			InFlight: 1,
			// RFC 5321 section 4.5.3.2, where it names a time.
			Timeouts: Timeouts{
				Connect:  Duration(30 * time.Second),
				Greeting: Duration(5 * time.Minute),
				Hello:    Duration(5 * time.Minute),
				Mail:     Duration(5 * time.Minute),
				Rcpt:     Duration(5 * time.Minute),
				Data:     Duration(2 * time.Minute),
				Block:    Duration(3 * time.Minute),
				Dot:      Duration(10 * time.Minute),
				Quit:     Duration(5 * time.Second),
			},
			Returned: Returned{
				Folder:    "INBOX",
				Every:     Duration(5 * time.Minute),
				SoftCount: 5,
				SoftDays:  7,
			},
		},
		Site: Site{
			Listen:  "127.0.0.1:8080",
			BaseURL: "http://localhost:8080",
		},
		Database: "redigest.db",
	}
}
