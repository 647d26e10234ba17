import { expect, it } from 'vitest'
import { type ErrorCode, StreamError } from '../../../../src/errors.ts'
import { sinkWorld, version } from '../../../worlds/sink-world.ts'
import { virtualClock } from '../../platform/runtime/virtual-clock.ts'

const refusal = (code: ErrorCode) => async () => {
  const message = 'The name "Zoë Łukasz" of zoe@example.com at 1 Main St is not valid for item A-1'
  throw new StreamError(code, message, { details: { body: message }, cause: new Error(message) })
}
const shown = 'The name "[personal] [personal]" of [personal] at [personal] is not valid for item A-1'

it('what an ERP quotes of a person is in no dead letter', async () => {
  const world = sinkWorld(virtualClock())
  const worker = world.worker({ deliver: refusal('target_rejected') })
  await worker.handle(world.append(version('1', 1)))
  const [{ error } = { error: undefined }] = worker.deadLetters
  expect(error).toMatchObject({ message: shown, details: { body: shown } })
  expect(error?.cause).toMatchObject({ message: shown, stack: expect.not.stringContaining('Łukasz') })
})

it('nor in what waits, nor in a pause', async () => {
  const waits = sinkWorld(virtualClock())
  await waits.worker({ deliver: refusal('item_missing') }).handle(waits.append(version('1', 1)))
  expect(await waits.parked()).toMatchObject([{ message: shown }])
  const paused = sinkWorld(virtualClock())
  await paused.worker({ deliver: refusal('configuration_invalid') }).handle(paused.append(version('1', 1)))
  expect(await paused.pauses()).toMatchObject([{ message: shown }])
})
