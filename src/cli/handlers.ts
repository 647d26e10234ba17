import type { Command, Given } from './command.ts'
import { apply } from './commands/apply.ts'
import { audit } from './commands/audit.ts'
import { backup, restore } from './commands/backup.ts'
import { changes } from './commands/changes.ts'
import { completion } from './commands/completion.ts'
import { deadLettersDiscard, deadLettersList, deadLettersRetry, deadLettersShow } from './commands/dead-letters.ts'
import { doctor } from './commands/doctor.ts'
import { filesSample } from './commands/files.ts'
import { forget } from './commands/forget.ts'
import { fulfilConfirm, fulfilShip } from './commands/fulfil.ts'
import { history } from './commands/history.ts'
import { init } from './commands/init.ts'
import { keysCreate, keysList, keysRevoke, keysRotate } from './commands/keys.ts'
import { notificationsList, notificationsTest } from './commands/notifications.ts'
import { orderCancel, orderHold, orderHolds, orderRelease, orderResend, orderShow } from './commands/order.ts'
import { orders } from './commands/orders.ts'
import { pausesHold, pausesList, pausesResume, pausesTry } from './commands/pauses.ts'
import { positionsList, positionsSet } from './commands/positions.ts'
import { preview } from './commands/preview.ts'
import { readsList, readsSetCutDate, readsShow } from './commands/reads.ts'
import { rebuildList, rebuildTable } from './commands/rebuild.ts'
import { replayCancel, replayList, replayShow, replayStart } from './commands/replay.ts'
import { rowsList, rowsRemove } from './commands/rows.ts'
import { run } from './commands/run.ts'
import { sharesCreate, sharesList, sharesRevoke } from './commands/shares.ts'
import { stage } from './commands/stage.ts'
import { status } from './commands/status.ts'
import {
  subscriptionsList,
  subscriptionsReplay,
  subscriptionsResume,
  subscriptionsSkip,
} from './commands/subscriptions.ts'
import { sync } from './commands/sync.ts'
import { system } from './commands/system.ts'
import { tasksCancel, tasksList, tasksRetry, tasksShow } from './commands/tasks.ts'
import { test } from './commands/test.ts'
import { validate } from './commands/validate.ts'

type Handler = (given: Readonly<Record<string, unknown>>) => Promise<void>

/** A command with the function that runs it. The function is loaded on use, since commands need different modules. */
function bind<C extends Command>(command: C, load: () => Promise<(given: Given<C>) => Promise<void>>) {
  const handler: Handler = async (given: unknown) => {
    const handle = await load()
    // The parser used the declaration of the same command.
    await handle(given as Given<C>)
  }
  return [command.name, handler] as const
}

/** Handlers by name of the command. */
export const handlers: ReadonlyMap<string, Handler> = new Map([
  bind(init, async () => (await import('./init.ts')).initCommand),
  bind(filesSample, async () => (await import('./files.ts')).sampleFilesCommand),
  bind(run, async () => (await import('./run.ts')).runCommand),
  bind(apply, async () => (await import('./apply.ts')).applyCommand),
  bind(validate, async () => (await import('./validate.ts')).validateCommand),
  bind(test, async () => (await import('./test.ts')).testCommand),
  bind(preview, async () => (await import('./preview.ts')).previewCommand),
  bind(doctor, async () => (await import('./doctor.ts')).doctorCommand),
  bind(status, async () => (await import('./status.ts')).statusCommand),
  bind(system, async () => (await import('./system.ts')).systemCommand),
  bind(positionsList, async () => (await import('./positions.ts')).listPositionsCommand),
  bind(positionsSet, async () => (await import('./positions.ts')).setPositionsCommand),
  bind(deadLettersList, async () => (await import('./dead-letters.ts')).listDeadLettersCommand),
  bind(deadLettersShow, async () => (await import('./dead-letters.ts')).showDeadLetterCommand),
  bind(deadLettersRetry, async () => (await import('./dead-letters.ts')).retryDeadLettersCommand),
  bind(deadLettersDiscard, async () => (await import('./dead-letters.ts')).discardDeadLettersCommand),
  bind(orderShow, async () => (await import('./order.ts')).orderCommand),
  bind(orderHold, async () => (await import('./order-actions.ts')).holdOrderCommand),
  bind(orderRelease, async () => (await import('./order-actions.ts')).releaseOrderCommand),
  bind(orderCancel, async () => (await import('./order-actions.ts')).cancelOrderCommand),
  bind(orderResend, async () => (await import('./order-actions.ts')).resendOrderCommand),
  bind(orderHolds, async () => (await import('./order-actions.ts')).heldOrdersCommand),
  bind(orders, async () => (await import('./orders.ts')).ordersCommand),
  bind(fulfilConfirm, async () => (await import('./fulfil.ts')).confirmCommand),
  bind(fulfilShip, async () => (await import('./fulfil.ts')).shipCommand),
  bind(sharesList, async () => (await import('./shares.ts')).listSharesCommand),
  bind(sharesCreate, async () => (await import('./shares.ts')).createShareCommand),
  bind(sharesRevoke, async () => (await import('./shares.ts')).revokeShareCommand),
  bind(stage, async () => (await import('./stage.ts')).stageCommand),
  bind(history, async () => (await import('./history.ts')).historyCommand),
  bind(pausesList, async () => (await import('./pauses.ts')).listPausesCommand),
  bind(pausesHold, async () => (await import('./pauses.ts')).holdCommand),
  bind(pausesResume, async () => (await import('./pauses.ts')).resumeCommand),
  bind(pausesTry, async () => (await import('./pauses.ts')).tryCommand),
  bind(rowsList, async () => (await import('./rows.ts')).listRowsCommand),
  bind(rowsRemove, async () => (await import('./rows.ts')).removeRowCommand),
  bind(changes, async () => (await import('./changes.ts')).changesCommand),
  bind(backup, async () => (await import('./backup.ts')).backupCommand),
  bind(restore, async () => (await import('./restore.ts')).restoreCommand),
  bind(audit, async () => (await import('./audit.ts')).auditCommand),
  bind(keysList, async () => (await import('./keys.ts')).listKeysCommand),
  bind(keysCreate, async () => (await import('./keys.ts')).createKeyCommand),
  bind(keysRotate, async () => (await import('./keys.ts')).rotateKeyCommand),
  bind(keysRevoke, async () => (await import('./keys.ts')).revokeKeyCommand),
  bind(subscriptionsList, async () => (await import('./subscriptions.ts')).listSubscriptionsCommand),
  bind(subscriptionsReplay, async () => (await import('./subscriptions.ts')).replayEventsCommand),
  bind(subscriptionsResume, async () => (await import('./subscriptions.ts')).resumeSubscriptionCommand),
  bind(subscriptionsSkip, async () => (await import('./subscriptions.ts')).skipEventCommand),
  bind(notificationsList, async () => (await import('./notifications.ts')).listRecipientsCommand),
  bind(notificationsTest, async () => (await import('./notifications.ts')).testRecipientCommand),
  bind(forget, async () => (await import('./forget.ts')).forgetCommand),
  bind(readsList, async () => (await import('./reads.ts')).listReadsCommand),
  bind(readsShow, async () => (await import('./reads.ts')).showReadCommand),
  bind(readsSetCutDate, async () => (await import('./reads.ts')).setCutDateCommand),
  bind(tasksList, async () => (await import('./tasks.ts')).listTasksCommand),
  bind(tasksShow, async () => (await import('./tasks.ts')).showTaskCommand),
  bind(tasksRetry, async () => (await import('./tasks.ts')).retryTaskCommand),
  bind(tasksCancel, async () => (await import('./tasks.ts')).cancelTaskCommand),
  bind(sync, async () => (await import('./sync.ts')).syncCommand),
  bind(replayStart, async () => (await import('./replay.ts')).replayCommand),
  bind(replayList, async () => (await import('./replay.ts')).listReplaysCommand),
  bind(replayShow, async () => (await import('./replay.ts')).showReplayCommand),
  bind(replayCancel, async () => (await import('./replay.ts')).cancelReplayCommand),
  bind(rebuildTable, async () => (await import('./rebuild.ts')).rebuildCommand),
  bind(rebuildList, async () => (await import('./rebuild.ts')).listRebuildsCommand),
  bind(completion, async () => (await import('./completion.ts')).completionCommand),
])
