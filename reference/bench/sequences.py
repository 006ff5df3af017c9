"""The lines of the bench for recurrent nets, padding, embeddings, the loss of a language model."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np

from reference import lstm, recurrent
from reference.bench.data import RNG, Peers, Tensor, aten, floats, nn, plain, tensors, torch
from reference.bench.measure import Row

__all__ = ["embeddings", "padded_cells", "plain_nets", "text_losses"]


def plain_nets(large: bool) -> Iterator[Row]:
    """Run a plain recurrent net over a sequence, forward, and forward with backward."""
    classroom = [(16, 8, 16, 32), (32, 32, 48, 128), (100, 32, 64, 128)]
    for t, n, d, h in [(32, 64, 512, 512), (64, 16, 256, 1024)] if large else classroom:
        x, h0, dhs = floats(t, n, d), floats(n, h), floats(t, n, h)
        u, w, b = floats(h, d, scale=d**-0.5), floats(h, h, scale=0.5 * h**-0.5), floats(h)
        args = x, h0, u, w, b
        forward: Peers = {}
        both: Peers = {}
        if torch:
            net = torch.nn.RNN(d, h)
            with torch.no_grad():
                for own, given in zip(net.parameters(), (u, w, b, 0 * b), strict=True):
                    own.copy_(torch.from_numpy(given))
            tx, th, tdhs = tensors(x, h0[None], dhs)

            def run(net: Tensor = net, x: Tensor = tx, h: Tensor = th) -> Tensor:
                with torch.no_grad():
                    return net(x, h)[0]

            def run_both(
                net: Tensor = net, x: Tensor = tx, h: Tensor = th, g: Tensor = tdhs
            ) -> Tensor:
                x, h = x.detach().requires_grad_(), h.detach().requires_grad_()
                hs = net(x, h)[0]
                return torch.autograd.grad(hs, [x, h, *net.parameters()], g)[:4]

            forward["torch"], both["torch"] = run, run_both
        forward |= plain(partial(recurrent.rnn_forward, *args))
        both |= plain(partial(recurrent.rnn_backward, *args, dhs), slice(4))
        size, work = f"T{t} N{n} D{d} H{h}", 2.0 * t * n * h * (h + d)
        yield Row("rnn forward", size, partial(recurrent.rnn_forward, *args), forward, flops=work)
        call = partial(lambda a: recurrent.rnn_backward(*a)[:4], (*args, dhs))
        yield Row("rnn forward + backward", size, call, both, flops=3 * work, rtol=1e-3)


def _two_ways(d: int, h: int, readers: list[tuple[Tensor, Tensor]]) -> Tensor:
    """Return PyTorch's layer of LSTM cells in both directions, with our weights."""
    net = torch.nn.LSTM(d, h, bidirectional=True)
    order = np.r_[h : 2 * h, :h, 2 * h : 4 * h]
    ours = [
        part for w, b in readers for part in (w[order, h:], w[order, :h], b[order], 0 * b[order])
    ]
    with torch.no_grad():
        for own, given in zip(net.parameters(), ours, strict=True):
            own.copy_(torch.from_numpy(np.ascontiguousarray(given)))
    return net


def padded_cells(large: bool) -> Iterator[Row]:
    """Run LSTM cells over sequences with padding, within windows, and from both ends."""
    for t, n, d, h in [(32, 64, 512, 512)] if large else [(24, 32, 48, 64), (100, 32, 64, 128)]:
        x, start, dhs = floats(t, n, d), floats(n, h), floats(t, n, h)
        readers = [(floats(4 * h, h + d, scale=(h + d) ** -0.5), floats(4 * h)) for _ in range(2)]
        lengths = np.sort(RNG.integers(t // 2, t + 1, n))[::-1].copy()
        lengths[0] = t
        mask = np.arange(t)[:, None] < lengths
        both: Peers = {}
        if torch:
            net, tx = _two_ways(d, h, readers), tensors(x)[0]
            counts = torch.from_numpy(lengths)

            def run(net: Tensor = net, x: Tensor = tx, counts: Tensor = counts) -> Tensor:
                with torch.no_grad():
                    parts = torch.nn.utils.rnn.pack_padded_sequence(x, counts)
                    return torch.nn.utils.rnn.pad_packed_sequence(net(parts)[0])[0]

            both["torch"] = run
        size, work = f"T{t} N{n} D{d} H{h}", 2.0 * t * n * readers[0][0].size
        args = x, start, start, *readers[0], dhs
        back = partial(lstm.lstm_backward, *args, mask)
        yield Row("lstm with padding", size, partial(lambda f: f()[:3], back),
                  plain(back, slice(3)), flops=3 * work, rtol=1e-3)  # fmt: skip
        cut = partial(lstm.lstm_windows, *args, t // 2, mask)
        yield Row("lstm in windows", size, partial(lambda f: f()[:3], cut), plain(cut, slice(3)),
                  flops=3 * work, rtol=1e-3)  # fmt: skip
        real = mask[..., None].astype(np.float32)  # PyTorch shows zeros at the padding
        twice = partial(lambda *given: lstm.deep_lstm(*given[:3]) * given[3],
                        x, [readers], mask, real)  # fmt: skip
        yield Row("lstm both ways", size, twice, both, flops=2 * work, rtol=1e-3)
        f, i = (abs(floats(t, n, h)) % 1 for _ in range(2))
        weigh = partial(lstm.memory_weights, f, i)
        yield Row("memory weights", size, weigh, plain(weigh), bytes=12.0 * f.size)


def embeddings(large: bool) -> Iterator[Row]:
    """Look up rows for a batch of text, and add up their gradients; words as frequent as in prose.

    Word k comes about 1 / k as often as the first.
    """
    for t, n, e, v in (
        [(128, 64, 512, 30_000)] if large else [(24, 32, 48, 600), (64, 32, 128, 8000)]
    ):
        numbers = np.minimum(RNG.zipf(1.3, (t, n)) - 1, v - 1)
        table, dy = floats(v, e), floats(t, n, e)
        forward: Peers = {"numpy": partial(np.take, table, numbers, axis=0)}
        backward: Peers = plain(partial(recurrent.embed_backward, numbers, dy, v))
        if torch:
            tt, ti, td = tensors(table, numbers, dy)
            forward["torch"] = partial(nn.embedding, ti, tt)
            backward["torch"] = partial(aten.embedding_dense_backward, td, ti, v, -1, False)
        size, moved = f"T{t} N{n} E{e} V{v}", 8.0 * dy.size
        yield Row("embedding", size, partial(recurrent.embed, table, numbers), forward, bytes=moved)
        call = partial(recurrent.embed_backward, numbers, dy, v)
        yield Row("embedding backward", size, call, backward, bytes=moved + 4.0 * v * e, rtol=1e-3)


def text_losses(large: bool) -> Iterator[Row]:
    """Take the loss of a batch of text, with padding, and its gradient."""
    for t, n, k in [(64, 32, 8000)] if large else [(32, 32, 40), (24, 32, 600)]:
        logits, targets = floats(t, n, k), RNG.integers(-1, k, (t, n))
        call = partial(recurrent.sequence_cross_entropy, logits, targets)
        peers = plain(call, 2)
        if torch:
            tz, tl = tensors(logits, targets)

            def by_grad(z: Tensor = tz, labels: Tensor = tl) -> Tensor:
                z = z.detach().requires_grad_()
                flat = z.flatten(0, 1)
                loss = nn.cross_entropy(flat, labels.flatten(), ignore_index=-1)
                return torch.autograd.grad(loss, z)[0]

            def by_hand(z: Tensor = tz, labels: Tensor = tl) -> Tensor:
                logs, real = torch.log_softmax(z, 2), labels >= 0
                count = real.sum()
                gradient = logs.exp()
                ones = real.to(z.dtype)[..., None]
                gradient.scatter_add_(2, labels.clamp(min=0)[..., None], -ones)
                return gradient.mul_(ones / count)

            peers |= {"torch by hand": by_hand, "torch autograd": by_grad}
        ours = partial(lambda call: call()[2], call)
        yield Row("text loss", f"T{t} N{n} K{k}", ours, peers, bytes=8.0 * logits.size)
