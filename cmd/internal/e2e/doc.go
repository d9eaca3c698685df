// Package e2e holds the tests that need more than Go: a browser, real mail
// servers, judges of mail, minutes of kills.
//
// They stand under the build tag e2e and run as root on Linux, in a network of
// their own that has nothing but loopback. .ci/run installs what they need and
// runs them; they fail when it is not there.
package e2e
