"""Brackets around a LIMIT that computes with `%`, which sqlglot would read as per cent. Pure."""

from collections.abc import Sequence

from sqlglot.tokenizer_core import Token, TokenType

_TERM_ENDS = frozenset(
    {
        TokenType.OFFSET,
        TokenType.COMMA,
        TokenType.SEMICOLON,
        TokenType.UNION,
        TokenType.EXCEPT,
        TokenType.INTERSECT,
    }
)


def bracket_limits(tokens: Sequence[Token]) -> list[Token]:
    """Return the tokens with brackets around each LIMIT in which a `%` stands outside of any."""
    result: list[Token] = []
    index = 0
    while index < len(tokens):
        result.append(tokens[index])
        index += 1
        if tokens[index - 1].token_type is TokenType.LIMIT:
            end, has_remainder = _end_of_term(tokens, index)
            if has_remainder:
                inner = bracket_limits(tokens[index:end])
                result += [Token(TokenType.L_PAREN, "("), *inner, Token(TokenType.R_PAREN, ")")]
                index = end
    return result


def _end_of_term(tokens: Sequence[Token], start: int) -> tuple[int, bool]:
    """Return where the term ends, and whether it has a `%` outside of brackets."""
    depth, has_remainder = 0, False
    for index in range(start, len(tokens)):
        kind = tokens[index].token_type
        if depth == 0 and (kind in _TERM_ENDS or kind is TokenType.R_PAREN):
            return index, has_remainder
        depth += (kind is TokenType.L_PAREN) - (kind is TokenType.R_PAREN)
        has_remainder = has_remainder or (depth == 0 and kind is TokenType.MOD)
    return len(tokens), has_remainder
