<?php

declare(strict_types=1);

namespace Waldstream\Client;

/** The changes of one answer, in a single transaction. */
final class FeedCommit
{
    /**
     * @param list<array<string, mixed>> $rows write them in this order: the last row of a key counts. Store the round
     *     of the state with each row
     * @param int|null $removeBefore after the rows: remove rows of earlier rounds than this one, which are no longer
     *     in the feed; null: do not remove rows
     */
    public function __construct(
        public readonly array $rows,
        public readonly FeedState $state,
        public readonly ?int $removeBefore,
    ) {
    }
}
