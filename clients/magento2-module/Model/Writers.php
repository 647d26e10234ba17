<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Waldstream\Feeds\Api\RowWriter;

/** The writer of each feed. */
class Writers
{
    /**
     * Constructor.
     *
     * @param RowWriter[] $writers by feed
     */
    public function __construct(private readonly array $writers)
    {
    }

    /**
     * The writer of a feed.
     *
     * @param string $feed
     * @return RowWriter
     */
    public function of(string $feed): RowWriter
    {
        return $this->writers[$feed] ?? throw new \InvalidArgumentException(
            "there is no feed \"{$feed}\"; there are: " . implode(', ', array_keys($this->writers))
        );
    }
}
