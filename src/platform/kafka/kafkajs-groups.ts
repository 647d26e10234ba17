import { StreamError } from '../../errors.ts'
import { guarded, protocolType } from './kafkajs-errors.ts'
import { type KafkaSettings, kafkaClient } from './kafkajs-event-log.ts'
import { COORDINATOR_MOVES, whileMoving } from './while-moving.ts'

/** Consumer groups as a whole. */
export interface GroupAdmin {
  /**
   * Removes the groups and their offsets from the broker; members that join later start at the positions in
   * `checkpoints`. Throws `state_conflict` and removes no group when one of them has members.
   */
  remove(groups: readonly string[]): Promise<void>
  close(): Promise<void>
}

const WITHOUT_MEMBERS: readonly string[] = ['Empty', 'Dead']

/** Group administration on kafkajs; it connects at once. */
export async function createGroupAdmin(settings: KafkaSettings): Promise<GroupAdmin> {
  const admin = kafkaClient(settings).admin()
  await guarded('connecting', () => admin.connect())
  const removeOne = async (group: string): Promise<void> => {
    try {
      await whileMoving(COORDINATOR_MOVES, () => admin.deleteGroups([group]))
    } catch (error) {
      if (typesOf(error).includes('GROUP_ID_NOT_FOUND')) return
      throw error
    }
  }
  return {
    remove: (groups) =>
      guarded('removing consumer groups', async () => {
        if (groups.length === 0) return
        const found = await whileMoving(COORDINATOR_MOVES, () => admin.describeGroups([...groups]))
        const busy = found.groups.filter(({ state }) => !WITHOUT_MEMBERS.includes(state)).map(({ groupId }) => groupId)
        if (busy.length > 0) throw busyError(busy)
        for (const group of groups) await removeOne(group)
      }),
    close: () => guarded('disconnecting', () => admin.disconnect()),
  }
}

/** Kafka's names of all errors inside one: kafkajs throws the errors of several groups as one. */
function typesOf(error: unknown): readonly string[] {
  const groups: unknown = error instanceof Error && 'groups' in error ? error.groups : []
  const errors = Array.isArray(groups) ? groups.map((group: { readonly error?: unknown }) => group.error) : []
  return [error, ...errors].flatMap((one) => protocolType(one) ?? [])
}

function busyError(groups: readonly string[]): StreamError {
  const message = `stop every process first: ${groups.join(', ')} ${groups.length === 1 ? 'has' : 'have'} members`
  return new StreamError('state_conflict', message)
}
