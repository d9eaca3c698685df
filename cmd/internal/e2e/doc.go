// Package e2e holds the tests that need more than Go: a browser, Debian's
// Python, minutes of kills. They stand under the build tag e2e, are run by
// .ci/run, which installs what they need, and fail when it is not there.
package e2e
