import { type LogEntry, logLevel } from 'kafkajs'
import type { Logger } from 'pino'

/** Answers that are normal for a group or topic, though kafkajs logs them as errors. */
const NORMAL = [
  'The group is rebalancing',
  'The coordinator is not aware of this member',
  'Specified group generation id is not valid',
  'The group member needs to have a valid member id',
  'The group coordinator is not available',
  'The coordinator is loading',
  'This is not the correct coordinator',
  'There is no leader for this topic-partition',
  'This server is not the leader',
  'This server does not host this topic-partition',
  'Topic with this name already exists',
]

/**
 * Writes kafkajs' log lines to our log at `debug` and its errors at `warn`: a final failure also reaches the caller as
 * a StreamError, so none of kafkajs' lines is logged at `error`. Before the first connection, all are `debug`: a caller waits,
 * and gets the failure as its error.
 */
export function kafkajsLogCreator(
  logger: Logger,
  connected: () => boolean = () => true,
): () => (entry: LogEntry) => void {
  const own = logger.child({ component: 'kafkajs' })
  return () => (entry) => {
    const { timestamp: _timestamp, logger: _name, message, stack: _stack, groupId, broker, error } = entry.log
    const fields = { namespace: entry.namespace, groupId, broker, error: String(error ?? '') || undefined }
    const normal = !connected() || NORMAL.some((text) => `${message} ${error}`.includes(text))
    if (entry.level === logLevel.ERROR && !normal) own.warn(fields, message)
    else own.debug(fields, message)
  }
}
