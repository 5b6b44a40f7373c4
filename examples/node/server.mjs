// A backend for one voice application: a menu and a voice mailbox. BXML is written by the bandwidth-sdk package.
// Start: npm install && npm start. Then point an application's callInitiatedCallbackUrl at http://HOST:3000/initiate
// and its callStatusCallbackUrl at http://HOST:3000/status. See ../README.md.
import {createServer} from 'node:http';
import sdk from 'bandwidth-sdk';

const {Response, SpeakSentence, Gather, Record, Pause, Redirect, Hangup} = sdk.Bxml;
const port = Number(process.env.PORT ?? 3000);
const host = process.env.HOST ?? '127.0.0.1';

const say = text => new SpeakSentence(text);

const menu = () => [
  new Gather({gatherUrl: '/choice', maxDigits: 1, firstDigitTimeout: 5, repeatCount: 3}, [
    say('Press 1 for the time, 2 to leave a message, 9 to hang up.'),
  ]),
];

const choices = {
  '1': () => [say(`It is ${new Date().toTimeString().slice(0, 5)}.`), new Redirect({redirectUrl: '/menu'})],
  '2': () => [
    say('Speak after the pause, and end with the hash key.'),
    new Pause({duration: 1}),
    new Record({
      recordCompleteUrl: '/recorded',
      recordingAvailableUrl: '/available',
      maxDuration: 60,
      silenceTimeout: 5,
      terminatingDigits: '#',
      fileFormat: 'mp3',
    }),
  ],
  '9': () => [say('Goodbye.'), new Hangup()],
};

// Events that want instructions: each answer is a list of verbs. Relative URLs are resolved by the server against the
// URL that it asked.
const questions = {
  '/initiate': event => [say(`Hello ${event.from.startsWith('+') ? 'caller' : 'there'}.`), ...menu()],
  '/menu': menu,
  '/choice': event => choices[event.digits]?.() ?? [say('That is not on the menu.'), ...menu()],
  '/recorded': event => [say(`Thank you. That was ${event.duration.slice(2, -1)} seconds.`), ...menu()],
};

// Events that only tell: the answer has no body.
const notices = {
  '/available': event => console.log(`recording ${event.recordingId} is ${event.status}: ${event.mediaUrl}`),
  '/status': event => console.log(`call ${event.callId} ended: ${event.cause} ${event.errorMessage ?? ''}`),
};

const read = async request => {
  let text = '';
  for await (const chunk of request) text += chunk;
  return JSON.parse(text);
};

const server = createServer(async (request, response) => {
  const path = new URL(request.url, 'http://backend').pathname;
  try {
    const event = await read(request);
    console.log(`${event.eventType} ${event.callId} ${event.digits ?? ''}`);
    if (questions[path]) {
      const document = new Response(questions[path](event)).toBxml();
      response.writeHead(200, {'Content-Type': 'application/xml; charset=utf-8'}).end(document);
    } else if (notices[path]) {
      notices[path](event);
      response.writeHead(204).end();
    } else {
      response.writeHead(404).end();
    }
  } catch (error) {
    console.error(`${request.method} ${path}: ${error.message}`);
    response.writeHead(400).end();
  }
});
server.listen(port, host, () => console.log(`listening on http://${host}:${port}`));
