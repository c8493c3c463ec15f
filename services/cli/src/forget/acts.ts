import { createHmac } from 'node:crypto';
import { type ForgetAct, forgetActSchema } from '@seamwatch/contracts/forgetting.ts';
import type { EventLog } from '@seamwatch/core/ports/event-log.ts';
import { readToEnd } from '../targets/read-to-end.ts';

/** Ties an act to a customer for whoever has the id and the hash key, and for nobody else. */
export const proofOf = (request: string, id: string, hashKey: Uint8Array): string =>
  createHmac('sha256', hashKey).update(`${request}/${id}`).digest('hex');

/** The newest act that forgot this customer, as long as its record is kept. */
export async function findAct(
  log: EventLog,
  id: string,
  hashKey: Uint8Array | undefined,
): Promise<ForgetAct | undefined> {
  let newest: ForgetAct | undefined;
  if (!hashKey) return newest;
  await readToEnd(log, ['audit'], ({ value }) => {
    if (value === null || !Buffer.from(value).includes('"customer_forgotten"')) return;
    const act = forgetActSchema.safeParse(JSON.parse(Buffer.from(value).toString()));
    if (act.success && act.data.proof === proofOf(act.data.request, id, hashKey)) newest = act.data;
  });
  return newest;
}
