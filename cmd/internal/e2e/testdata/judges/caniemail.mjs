// Says which features of the HTML files named on the command line mail clients
// do not know, by the data of caniemail.com: a line for each, FILE feature:
// clients. A feature that a client knows in part is no fault.
import { caniemail, rawData } from 'caniemail';
import { readFileSync } from 'node:fs';

// Each name of a client that the package knows, and what we call it. It does not
// know Outlook on the web, of which its data speaks, so that stands in the place
// of a client that is no longer made.
const clients = {
  'gmail.desktop-webmail': 'Gmail', 'gmail.ios': 'Gmail (iOS)', 'gmail.android': 'Gmail (Android)',
  'apple-mail.macos': 'Apple Mail', 'apple-mail.ios': 'Apple Mail (iOS)',
  'outlook.windows': 'Outlook (Windows)', 'outlook.windows-mail': 'Outlook (web)',
  'yahoo.desktop-webmail': 'Yahoo', 'yahoo.ios': 'Yahoo (iOS)', 'yahoo.android': 'Yahoo (Android)',
  'thunderbird.macos': 'Thunderbird',
};

for (const { stats } of rawData.data) {
  stats.outlook['windows-mail'] = stats.outlook['outlook-com'];
  // Where nobody has tried a feature the package would stop.
  for (const client of Object.keys(clients)) {
    const [family, platform] = client.split('.');
    stats[family] ??= {};
    stats[family][platform] ??= { untried: 'y' };
  }
}

for (const file of process.argv.slice(2)) {
  const faults = new Map();
  // It takes text-transform, which all of them know, for transform.
  const html = readFileSync(file, 'utf8').replace(/text-transform:[^;"]*/g, '');
  for (const [client, list] of caniemail({ clients: Object.keys(clients), html }).issues.errors) {
    for (const { title } of list) faults.set(title, (faults.get(title) ?? new Set()).add(clients[client]));
  }
  for (const [title, names] of faults) console.log(`${file} ${title}: ${[...names].join(', ')}`);
}
