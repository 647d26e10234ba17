<?php

declare(strict_types=1);

namespace Waldstream\Feeds\Test\Unit;

use Waldstream\Client\FeedException;
use Waldstream\Client\Response;
use Waldstream\Client\Transport;

/** Answers requests in turn, and keeps them. */
final class FakeTransport implements Transport
{
    /** @var list<array{url: string, headers: array<string, string>, body: ?string}> */
    public array $requests = [];

    /** @var (\Closure(): mixed)|null what happens while a request is sent */
    public ?\Closure $onSend = null;

    /** @param list<Response|FeedException> $responses */
    public function __construct(public array $responses)
    {
    }

    public function send(string $url, array $headers, float $timeout, ?string $body = null): Response
    {
        $this->requests[] = ['url' => $url, 'headers' => $headers, 'body' => $body];
        ($this->onSend)?->__invoke();
        $response = array_shift($this->responses);
        if ($response instanceof FeedException) {
            throw $response;
        }
        return $response ?? new Response(404, [], '{"code":"not_found","detail":"no more answers"}');
    }
}
