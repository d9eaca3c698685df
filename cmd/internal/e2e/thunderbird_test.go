//go:build e2e

package e2e

import (
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// thunderbirdQuiet are the preferences of a profile that asks nothing and goes
// nowhere. The last is filled in: 0 for light, 1 for dark.
const thunderbirdQuiet = `user_pref("mail.provider.suppress_dialog_on_startup", true);
user_pref("mailnews.start_page.enabled", false);
user_pref("mail.shell.checkDefaultClient", false);
user_pref("mail.rights.version", 1);
user_pref("mail.spotlight.firstRunDone", true);
user_pref("mail.inappnotifications.enabled", false);
user_pref("app.donation.eoy.version.viewed", 999);
user_pref("app.update.enabled", false);
user_pref("datareporting.policy.dataSubmissionEnabled", false);
user_pref("datareporting.policy.dataSubmissionPolicyBypassNotification", true);
user_pref("extensions.update.enabled", false);
user_pref("ui.systemUsesDarkTheme", %d);
`

// thunderbirdWindow makes the window as large as the screen.
const thunderbirdWindow = `{"chrome://messenger/content/messageWindow.xhtml": {"messengerWindow": {"screenX": "0", "screenY": "0", "width": "900", "height": "1800", "sizemode": "normal"}}}`

// thunderbird returns a picture of a mail as Thunderbird shows it: a real client,
// with a look of its own at colours and styles.
func thunderbird(t *testing.T, mail string, display, dark int) image.Image {
	t.Helper()
	dir := t.TempDir()
	screen := fmt.Sprintf(":%d", display)
	server(t, fmt.Sprintf("127.0.0.1:%d", 6000+display), "Xvfb", screen, "-screen", "0", "900x1800x24", "-listen", "tcp", "-ac")
	profile := filepath.Join(dir, "profile")
	if err := os.Mkdir(profile, 0o700); err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string]string{"user.js": fmt.Sprintf(thunderbirdQuiet, dark), "xulstore.json": thunderbirdWindow} {
		if err := os.WriteFile(filepath.Join(profile, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("thunderbird", "--profile", profile, "--no-remote", "-file", mail)
	cmd.Env = append(os.Environ(), "HOME="+dir, "DISPLAY="+screen)
	start(t, cmd)
	return standing(t, func() image.Image { return pictureOf(t, screen, filepath.Join(dir, "screen.png")) })
}

// standing takes pictures until there is something on them that has stood still
// for some seconds.
func standing(t *testing.T, take func() image.Image) image.Image {
	t.Helper()
	var last image.Image
	still := 0
	for deadline := time.Now().Add(5 * time.Minute); time.Now().Before(deadline); time.Sleep(time.Second) {
		picture := take()
		if last != nil && written(picture) > 0.01 && differing(picture, last) < 0.0005 {
			still++
		} else {
			still = 0
		}
		if last = picture; still == 4 {
			return picture
		}
	}
	t.Fatal("there is nothing to be seen, or it does not stand still")
	return nil
}

func pictureOf(t *testing.T, screen, file string) image.Image {
	t.Helper()
	if out, err := exec.Command("import", "-display", screen, "-window", "root", file).CombinedOutput(); err != nil {
		t.Fatalf("take a picture: %v: %s", err, out)
	}
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	picture, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	return picture
}

// bright is how bright a place of a picture is, from 0 to 1.
func bright(p image.Image, x, y int) float64 {
	r, g, b, _ := p.At(x, y).RGBA()
	return (0.299*float64(r) + 0.587*float64(g) + 0.114*float64(b)) / 0xffff
}

// share is the part of a picture, from 0 to 1, whose places are so.
func share(p image.Image, so func(x, y int) bool) float64 {
	n, all := 0, 0
	for y := p.Bounds().Min.Y; y < p.Bounds().Max.Y; y++ {
		for x := p.Bounds().Min.X + 1; x < p.Bounds().Max.X; x++ {
			if all++; so(x, y) {
				n++
			}
		}
	}
	return float64(n) / float64(all)
}

// written is the part of a picture that is edges, as letters have.
func written(p image.Image) float64 {
	return share(p, func(x, y int) bool { d := bright(p, x, y) - bright(p, x-1, y); return d > 0.2 || d < -0.2 })
}

func differing(p, q image.Image) float64 {
	return share(p, func(x, y int) bool { return p.At(x, y) != q.At(x, y) })
}

// thunderbirdShows keeps pictures of a mail in light and dark, and requires that
// the one is mostly bright and the other mostly dark, with something written on
// both.
func thunderbirdShows(t *testing.T, i issued) {
	for dark, scheme := range []string{"light", "dark"} {
		t.Run(scheme, func(t *testing.T) {
			picture := thunderbird(t, i.file("mail.eml"), 77+dark, dark)
			keepPicture(t, "thunderbird-"+scheme+"-"+i.name+".png", picture)
			clear := share(picture, func(x, y int) bool { return bright(picture, x, y) > 0.5 })
			if (clear > 0.5) != (dark == 0) {
				t.Errorf("%.0f %% of the picture are bright", 100*clear)
			}
			t.Logf("%.0f %% are bright, %.1f %% are edges", 100*clear, 100*written(picture))
		})
	}
}

// keepPicture keeps a picture where REDIGEST_PICTURES says.
func keepPicture(t *testing.T, name string, picture image.Image) {
	t.Helper()
	dir := os.Getenv("REDIGEST_PICTURES")
	if dir == "" {
		return
	}
	f, err := os.Create(filepath.Join(dir, name))
	if err == nil {
		err = errors.Join(png.Encode(f, picture), f.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
}
