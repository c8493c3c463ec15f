import { describe, onTestFinished } from 'vitest';
import { appendContract } from './append-contract.ts';
import type { LogFixture, OpenLogs } from './fixture.ts';
import { readerContract } from './reader-contract.ts';
import { sharingContract } from './sharing-contract.ts';
import { unitContract } from './unit-contract.ts';

/** What every `EventLog` adapter must do. `make` gives an empty log with three input partitions. */
export function eventLogContract(name: string, make: () => Promise<LogFixture>): void {
  const open = async (count: number) => {
    const fixture = await make();
    onTestFinished(() => fixture.dispose());
    return Promise.all(Array.from({ length: count }, () => fixture.open()));
  };
  // Members find each other within seconds; the rest is for busy machines.
  describe(name, { timeout: 60_000 }, () => {
    describe('appending and topics', () => appendContract(open as OpenLogs));
    describe('reader', () => readerContract(open as OpenLogs));
    describe('unit', () => unitContract(open as OpenLogs));
    describe('units shared by participants', () => sharingContract(open as OpenLogs));
  });
}
