package golden

import (
	"os"
	"testing"
)

func TestDifferenceNamesTheFirstLineThatDiffers(t *testing.T) {
	t.Parallel()
	tests := map[string]struct{ want, got, says string }{
		"another word":      {"a\nb\nc\n", "a\nx\nc\n", "in line 2:\nwant \"b\"\ngot  \"x\""},
		"a blank at an end": {"a\n", "a \n", "in line 1:\nwant \"a\"\ngot  \"a \""},
		"too few lines":     {"a\nb", "a", "in line 2:\nwant \"b\"\ngot  (no more lines)"},
		"too many lines":    {"a", "a\nb", "in line 2:\nwant (no more lines)\ngot  \"b\""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if got := difference(test.want, test.got); got != test.says {
				t.Errorf("difference says %q, want %q", got, test.says)
			}
		})
	}
}

func TestWhatIsWrittenIsFoundEqual(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "testdata/deep/a.txt", "text\n")
	Check(t, "deep/a.txt", "text\n")
	b, err := os.ReadFile("testdata/deep/a.txt")
	if err != nil || string(b) != "text\n" {
		t.Errorf("the file holds %q, %v", b, err)
	}
}
