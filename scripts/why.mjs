// Asks a running Centralita why a call was served as it was, and prints the answer: npm run why -- CALL_ID [ZONE]
// CENTRALITA_URL (default http://127.0.0.1:8080) says where it runs, ADMIN_API_KEY who is asking.
const [callId, zone = Intl.DateTimeFormat().resolvedOptions().timeZone] = process.argv.slice(2);
const { CENTRALITA_URL = 'http://127.0.0.1:8080', ADMIN_API_KEY = '' } = process.env;

if (!callId || callId.startsWith('-')) {
  console.error('Usage: ADMIN_API_KEY=… npm run why -- CALL_ID [ZONE]');
  process.exit(2);
}
const url = new URL(`/v1/calls/${encodeURIComponent(callId)}/why`, CENTRALITA_URL);
url.searchParams.set('zone', zone);
try {
  const answer = await fetch(url, {
    headers: { accept: 'text/plain', authorization: `Bearer ${ADMIN_API_KEY}` },
  });
  if (answer.ok) process.stdout.write(await answer.text());
  else {
    const { title, detail } = await answer.json();
    console.error(`${title} ${detail}`);
    process.exitCode = 1;
  }
} catch (error) {
  console.error(
    `Centralita does not answer at ${url.origin}: ${error.cause?.message ?? error.message}`,
  );
  process.exitCode = 1;
}
