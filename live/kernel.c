// The inner loops of engine.js for WebAssembly with SIMD: the same numbers,
// more than ten times as fast. The language has 32 tokens and order 3, the
// width is a multiple of 4; build.py makes kernel.js of this.
//
// theta is embed (96 rows of width), bias (1 row), head (width rows of 32).
#include <wasm_simd128.h>

#define V 32
#define EXPORT(name) __attribute__((export_name(#name))) name
#define PARTS(k) for (int k = 0; k < V / 4; k++)   // of a row of 32 numbers
#define add wasm_f32x4_add
#define sub wasm_f32x4_sub
#define mul wasm_f32x4_mul
#define all wasm_f32x4_splat   // four times the same number
#define load(from, k) wasm_v128_load((from) + 4 * (k))
#define store(to, k, x) wasm_v128_store((to) + 4 * (k), x)

typedef v128_t four;   // numbers at once
typedef unsigned char byte;
__attribute__((import_module("math"), import_name("log"))) double ln(double);

static float logits[V];   // and e^logits, divided by the largest of them:
static four odds[V / 4];

// Of four numbers, which bytes of those that are chosen come first: bit i of
// the row's number says whether number i is.
#define B(i) 4 * i, 4 * i + 1, 4 * i + 2, 4 * i + 3
static const byte first[16][16] = {
  {0}, {B(0)}, {B(1)}, {B(0), B(1)},
  {B(2)}, {B(0), B(2)}, {B(1), B(2)}, {B(0), B(1), B(2)},
  {B(3)}, {B(0), B(3)}, {B(1), B(3)}, {B(0), B(1), B(3)},
  {B(2), B(3)}, {B(0), B(2), B(3)}, {B(1), B(2), B(3)},
  {B(0), B(1), B(2), B(3)}};

static float sum(four x) {
  return wasm_f32x4_extract_lane(x, 0) + wasm_f32x4_extract_lane(x, 1) +
         wasm_f32x4_extract_lane(x, 2) + wasm_f32x4_extract_lane(x, 3);
}

// e^x = 2^n e^r with r between -ln(2)/2 and ln(2)/2, e^r by its series
static four exponential(four x) {
  x = wasm_f32x4_max(x, all(-87));
  four n = wasm_f32x4_nearest(mul(x, all(1.44269504f)));
  four r = sub(sub(x, mul(n, all(.693359375f))), mul(n, all(-2.12194440e-4f)));
  four p = all(1 / 720.f);
  p = add(mul(p, r), all(1 / 120.f));
  p = add(mul(p, r), all(1 / 24.f));
  p = add(mul(p, r), all(1 / 6.f));
  p = add(mul(p, r), all(1 / 2.f));
  p = add(mul(p, r), all(1));
  p = add(mul(p, r), all(1));
  four power = wasm_i32x4_shl(wasm_i32x4_add(wasm_i32x4_trunc_sat_f32x4(n),
                                             wasm_i32x4_splat(127)), 23);
  return mul(p, power);
}

// Which units are above zero after three tokens (active), and by how much
// (hidden); returns how many.
static int above(const float *theta, int a, int b, int c, float *hidden,
                 int *active, int width) {
  const float *bias = theta + 3 * V * width, *ea = theta + a * width,
              *eb = theta + (V + b) * width, *ec = theta + (2 * V + c) * width;
  four index = wasm_i32x4_make(0, 1, 2, 3);
  int count = 0;
  for (int k = 0; k < width / 4; k++) {
    four z = add(add(load(bias, k), load(ea, k)),
                 add(load(eb, k), load(ec, k)));
    int which = wasm_i32x4_bitmask(wasm_f32x4_gt(z, all(0)));
    four order = wasm_v128_load(first[which]);
    wasm_v128_store(hidden + count, wasm_i8x16_swizzle(z, order));
    wasm_v128_store(active + count, wasm_i8x16_swizzle(index, order));
    index = wasm_i32x4_add(index, wasm_i32x4_splat(4));
    count += __builtin_popcount(which);
  }
  return count;
}

// Logits of the next token, and their odds; returns the sum of the odds.
static float forward(const float *head, const float *hidden,
                     const int *active, int count, float *top) {
  four s[V / 4], total = all(0);
  PARTS(k) s[k] = all(0);
  for (int i = 0; i < count; i++) {
    four h = all(hidden[i]);
    const float *row = head + active[i] * V;
    PARTS(k) s[k] = add(s[k], mul(h, load(row, k)));
  }
  four m = s[0];
  PARTS(k) m = wasm_f32x4_max(m, s[k]);
  m = wasm_f32x4_max(m, wasm_i32x4_shuffle(m, m, 2, 3, 0, 1));
  m = wasm_f32x4_max(m, wasm_i32x4_shuffle(m, m, 1, 0, 3, 2));
  PARTS(k) {
    store(logits, k, s[k]);
    odds[k] = exponential(sub(s[k], m));
    total = add(total, odds[k]);
  }
  *top = wasm_f32x4_extract_lane(m, 0);
  return sum(total);
}

// Mean loss on the windows at these places; adds its gradient.
double EXPORT(descend)(const float *theta, float *gradient, const byte *text,
                       const int *places, int count, float *hidden,
                       int *active, int width) {
  const float *head = theta + (3 * V + 1) * width;
  float *into = gradient + (3 * V + 1) * width, top;
  double loss = 0;
  for (int i = 0; i < count; i++) {
    const byte *t = text + places[i];
    int n = above(theta, t[0], t[1], t[2], hidden, active, width);
    float all_odds = forward(head, hidden, active, n, &top);
    loss += top + ln(all_odds) - logits[t[3]];
    float *ga = gradient + t[0] * width, *gb = gradient + (V + t[1]) * width,
          *gc = gradient + (2 * V + t[2]) * width,
          *bias = gradient + 3 * V * width;
    four miss[V / 4];
    PARTS(k) store(logits, k, mul(odds[k], all(1 / (all_odds * count))));
    logits[t[3]] -= 1.f / count;
    PARTS(k) miss[k] = load(logits, k);
    for (int u = 0; u < n; u++) {
      int j = active[u], at = j * V;
      four h = all(hidden[u]), back = all(0);
      PARTS(k) {
        back = add(back, mul(miss[k], load(head + at, k)));
        store(into + at, k, add(load(into + at, k), mul(h, miss[k])));
      }
      float g = sum(back);
      ga[j] += g, gb[j] += g, gc[j] += g, bias[j] += g;
    }
  }
  return loss / count;
}

// AdamW on count numbers, a multiple of 4; clears the gradient.
void EXPORT(update)(float *theta, float *gradient, float *mean, float *second,
                    int count, float rate, float scale, float keep) {
  for (int k = 0; k < count / 4; k++) {
    four g = load(gradient, k), m = load(mean, k), v = load(second, k);
    m = add(m, mul(all(.1f), sub(g, m)));
    v = add(v, mul(all(.01f), sub(mul(g, g), v)));
    four seen = wasm_f32x4_gt(v, all(1e-30f));   // the tiniest are slow
    m = wasm_v128_and(m, seen), v = wasm_v128_and(v, seen);
    store(mean, k, m), store(second, k, v), store(gradient, k, all(0));
    four root = add(mul(wasm_f32x4_sqrt(v), all(scale)), all(1e-8f));
    store(theta, k, sub(mul(all(keep), load(theta, k)),
                        wasm_f32x4_div(mul(all(rate), m), root)));
  }
}

// What it says in all contexts whose oldest token is this one: their
// ln q(next | context) into known; to shorter, q(last two, next), is added q
// times how often the context comes.
void EXPORT(everywhere)(const float *theta, const float *stationary,
                        float *known, float *shorter, float *hidden,
                        int *active, int width, int oldest) {
  const float *head = theta + (3 * V + 1) * width;
  float top;
  for (int c = 0; c < V * V; c++) {
    int n = above(theta, oldest, c / V, c % V, hidden, active, width);
    float all_odds = forward(head, hidden, active, n, &top);
    int context = oldest * V * V + c;
    four log = all(top + (float)ln(all_odds));
    four often = all(stationary[context] / all_odds);
    PARTS(k) {
      store(known + context * V, k, sub(load(logits, k), log));
      store(shorter + c * V, k, add(load(shorter + c * V, k),
                                    mul(often, odds[k])));
    }
  }
}
