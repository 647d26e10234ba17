<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** What one answer changes, in a single transaction. */
final class FeedCommit
{
    /**
     * @param list<array<string, mixed>> $rows in the order in which they are to be written: the last row of a key
     *     counts. Keep the round of the state with each
     * @param int|null $removeBefore after the rows: remove rows of earlier rounds than this one, which are gone from
     *     the feed; null: remove nothing
     */
    public function __construct(
        public readonly array $rows,
        public readonly FeedState $state,
        public readonly ?int $removeBefore,
    ) {
    }
}
