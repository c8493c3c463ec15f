import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AnswerBytes } from './answer-bytes.ts';

/** Reads as a socket does: never more at once than there is a place for. */
function read(bytes: Buffer, counts: readonly number[]): Buffer[] {
  const answers: Buffer[] = [];
  const reader = new AnswerBytes((answer) => answers.push(answer));
  for (let at = 0, turn = 0; at < bytes.length; turn++) {
    const { place } = reader;
    const count = Math.min(place.length, bytes.length - at, counts[turn % counts.length]!);
    place.set(bytes.subarray(at, at + count));
    reader.took(count);
    at += count;
  }
  return answers;
}

const answerOf = (payload: Uint8Array): Buffer => {
  const size = Buffer.alloc(4);
  size.writeInt32BE(payload.length);
  return Buffer.concat([size, payload]);
};

test('answers come out as they were sent, however their bytes come in', () => {
  const payload = fc.oneof(
    { weight: 5, arbitrary: fc.uint8Array({ maxLength: 40 }) },
    fc.integer({ min: 15_000, max: 70_000 }).map((length) => new Uint8Array(length).fill(length)),
  );
  const count = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1_000, max: 100_000 }));
  fc.assert(
    fc.property(
      fc.array(payload, { maxLength: 12 }),
      fc.array(count, { minLength: 1, maxLength: 5 }),
      (payloads, counts) => {
        const sent = payloads.map(answerOf);
        expect(read(Buffer.concat(sent), counts)).toEqual(sent);
      },
    ),
    { numRuns: 60 },
  );
});

test('each answer has memory of its own', () => {
  const [one, two] = [answerOf(Buffer.from('one')), answerOf(Buffer.from('two'))];
  const answers = read(Buffer.concat([one, two, answerOf(new Uint8Array(20_000))]), [1_000_000]);
  answers[0]!.fill(0);
  expect(answers[1]).toEqual(two);
});

test.each([
  ['HTTP/1.1 400 Bad Request\r\n\r\n', [5]],
  ['\xff\xff\xff\xff and so on', [3, 100]],
])('what no broker sends is passed on as it comes: %j', (text, counts) => {
  const foreign = Buffer.from(text, 'latin1');
  const answer = answerOf(Buffer.from('an answer'));
  const pieces = read(Buffer.concat([answer, foreign]), counts);
  expect(pieces[0]).toEqual(answer);
  expect(Buffer.concat(pieces.slice(1))).toEqual(foreign);
});
