package mail_test

import (
	"os"
	"testing"

	"redigest/subscribers/smtptest"
)

func TestMain(m *testing.M) {
	smtptest.Main()
	os.Exit(m.Run())
}
