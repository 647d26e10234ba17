<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Model;

use Waldstream\Feeds\Api\RowWriterInterface;

/** The writer of each feed. */
class Writers
{
    /**
     * Constructor.
     *
     * @param RowWriterInterface[] $writers by feed
     */
    public function __construct(private readonly array $writers)
    {
    }

    /**
     * The writer of a feed.
     *
     * @param string $feed
     * @return RowWriterInterface
     */
    public function of(string $feed): RowWriterInterface
    {
        return $this->writers[$feed] ?? throw new \InvalidArgumentException(
            "there is no feed \"{$feed}\"; there are: " . implode(', ', array_keys($this->writers))
        );
    }
}
