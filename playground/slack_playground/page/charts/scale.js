const STEPS = [1, 2, 2.5, 5, 10];

/** Round tick values that cover `[low, high]` and zero, about `wanted` of them. */
export function niceTicks(low, high, wanted = 4) {
  const [from, to] = [Math.min(0, low), Math.max(0, high)];
  const rough = (to - from || wanted) / wanted;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = STEPS.find((size) => size * power >= rough) * power;
  const first = Math.floor(from / step);
  const last = Math.max(Math.ceil(to / step), first + 1);
  return Array.from({ length: last - first + 1 }, (_, place) =>
    Number(((first + place) * step).toPrecision(12)),
  );
}

const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 2 });

/** A number as short as an axis needs it: 1,500 is "1.5K", 0.00002 is "2e-5". */
export function axisNumber(value) {
  const size = Math.abs(value);
  if (size >= 1e15 || (size > 0 && size < 0.01)) return String(Number(value.toPrecision(3)).toExponential());
  return compact.format(value);
}
