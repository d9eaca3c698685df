// Judges the DKIM signatures of the mails named on the command line with
// mailauth, and prints a line for each: selector, algorithm, result.
import { authenticate } from 'mailauth';
import { readFileSync } from 'node:fs';

for (const file of process.argv.slice(2)) {
  const { dkim } = await authenticate(readFileSync(file), {
    ip: '127.0.0.1', helo: 'mx.inbox.example', sender: 'daily@example.org', mta: 'mx.inbox.example',
    disableArc: true, disableDmarc: true, disableBimi: true,
  });
  for (const { selector, algo, status } of dkim.results) {
    console.log(selector ?? '-', algo ?? '-', status.result);
  }
}
