/*
Redigest publishes a daily email newsletter from one binary and one SQLite file.

This is the map of the code. A folder imports only what stands to its right
(house_test.go holds that), so reading can begin at either end:

	cmd ─► subscribers ─► digest ─► templates

	cmd/redigest            the commands: each is a struct with a Run method
	cmd/internal/config     config.yaml
	cmd/internal/schedule   which day's issue is due
	cmd/internal/pipeline   the day's run, one function that reads top down
	cmd/internal/web        the public pages, one file for each journey
	cmd/internal/metrics    how delivery is doing, for Prometheus
	subscribers             the list, the outbox, and their tables
	subscribers/link        signed links
	subscribers/mail        the message, its signatures and the wire; the only door to SMTP
	subscribers/delivery    the worker that takes mail out of the outbox
	subscribers/bounce      what a returned mail says
	subscribers/returns     the doors that returned mail comes in by
	subscribers/mailbox     the built-in SMTP server that keeps what it gets
	subscribers/smtptest    a far end for tests that can do anything wrong
	digest                  stories, issues, prices, composing, and their tables
	digest/feed             feeds, pages and files become stories, tables become prices
	digest/render           Markdown becomes mail and pages
	digest/search           stories found by their words
	digest/database         the SQLite file
	templates               pages and mails, and the views they are given

Three walks explain most of it.

A story comes in through feed.Fetcher or “story add”; digest.Store.AddStories
recognises it if it is known. At the publisher's hour pipeline.Publish asks which
stories are due, digest.Compose makes the issue as Markdown, render.Mail renders
it, Pipeline.CheckIssue looks it over, Store.Freeze makes it final, and
Outbox.EnqueueIssue writes a delivery for every confirmed subscriber.
delivery.Worker claims deliveries, commits each as handed before its message goes
out, and settles it by the relay's answer.

An address comes in by POST /subscribe: List.SignUp stores one row, whatever the
address is, and List.Admit decides, writing the pending subscriber and the
confirmation mail in one transaction. POST /confirm calls List.Confirm, and from
then on EnqueueIssue finds the subscriber, until POST /unsubscribe. What is in
the outbox by then is withdrawn when the worker would hand it over.

A mail that comes back does so to an address of its own, which names the delivery
and is signed. It comes in by one of three doors to returns.Returns.Take;
bounce.Parse says what it reports, and List.TakeReturned writes that down and,
when it follows, suppresses the address, in one transaction.
*/
package main
