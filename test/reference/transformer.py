# Makes transformer.json: values and gradients of the transformer's ops, by PyTorch in float64. `python3 test/reference/transformer.py`
import json
import torch

torch.manual_seed(7)
torch.set_default_dtype(torch.float64)


def rounded(tensor):
    """Nested lists with nine digits."""
    return json.loads(json.dumps(tensor.tolist()), parse_float=lambda text: float(f'{float(text):.9g}'))


def case(name, op, options, **tensors):
    """One op: inputs, dy, the output and the gradient of every float input for that dy."""
    given = {key: torch.tensor(rounded(value), dtype=value.dtype) for key, value in tensors.items()}
    leaves = {key: value.requires_grad_() for key, value in given.items() if value.is_floating_point()}
    output = op(**given)
    dy = torch.tensor(rounded(torch.randn_like(output)))
    output.backward(dy)
    return {
        'id': f'transformer/{name}',
        'topic': 'transformer',
        'source': f'torch {torch.__version__} float64 executed',
        'input': {'op': name.split(',')[0], **options, **{key: rounded(value) for key, value in tensors.items()}, 'dy': rounded(dy)},
        'expected': {'y': rounded(output), **{f'd_{key}': rounded(leaf.grad) for key, leaf in leaves.items()}},
        'tol': 2e-6,  # float32 of a few hundred additions of values around 1
    }


def attend(heads, causal):
    def op(query, key, value):
        split = lambda x: x.reshape(*x.shape[:2], heads, -1).transpose(1, 2)
        q, k, v = split(query), split(key), split(value)
        scores = q @ k.transpose(-1, -2) / q.shape[-1] ** 0.5
        if causal:
            scores = scores.masked_fill(torch.ones(scores.shape[-2:]).triu(1) > 0, float('-inf'))
        return (scores.softmax(-1) @ v).transpose(1, 2).reshape(query.shape)

    return op


gelu = lambda form: lambda x: torch.nn.functional.gelu(x, approximate='tanh' if form == 'tanh' else 'none')
norm = lambda x, gamma, beta: torch.nn.functional.layer_norm(x, x.shape[-1:], gamma, beta, 1e-5)
cases = [
    *[case(f'gelu, {form}', gelu(form), {'form': form}, x=3 * torch.randn(3, 5)) for form in ('exact', 'tanh')],
    case('layerNorm, over the last axis', norm, {'epsilon': 1e-5}, x=torch.randn(2, 3, 6) + 1, gamma=torch.randn(6), beta=torch.randn(6)),
    *[
        case(f'attention, {name}', attend(2, causal), {'heads': 2, 'causal': causal}, query=torch.randn(2, t, 8), key=torch.randn(2, 5, 8), value=torch.randn(2, 5, 8))
        for name, causal, t in (('causal', True, 5), ('of all keys', False, 3))
    ],
    case('embedding, of repeated words', lambda table, ids: torch.nn.functional.embedding(ids, table), {}, table=torch.randn(6, 4), ids=torch.tensor([[3, 0, 3], [3, 5, 0]])),
]
with open(__file__.replace('.py', '.json'), 'w') as file:
    file.write(json.dumps(cases))
