#include "collector/format/rough.h"

#include <math.h>

#define FRACTION_FAR  2.0  /* points */
#define FRACTION_NEAR 0.5  /* points */
#define RELATIVE      0.1  /* of the fraction, or of what it leaves */
#define WIDE_POINTS   10.0 /* of a share's interval */
#define WIDE          0.5  /* of the value */
#define SLACK         1e-9 /* what binary numbers owe decimal ones */

#define FRACTION_ROW(fraction_name, fraction_percent) {#fraction_name, fraction_percent},
static const struct {
    const char *name;
    double percent;
} fractions[] = {ROUGH_FRACTIONS(FRACTION_ROW)};

/* Outwards, but by nothing where it is such a number already. */
static double down(double value, double step)
{
    return floor(value / step + SLACK) * step;
}

static double up(double value, double step)
{
    return ceil(value / step - SLACK) * step;
}

static bool has_interval(double low, double high)
{
    return !isnan(low) && !isnan(high) && high > low;
}

/* What a number is rounded to, which is said as it is where that changes nothing. */
static struct rough number(double value, double step, bool exact)
{
    const double said = round(value / step) * step;
    return (struct rough){exact && fabs(said - value) < SLACK ? ROUGH_EXACTLY : ROUGH_ABOUT, NULL, said, said};
}

/* ---- a share ---- */

static double share_step(double value)
{
    return value < 10 || value > 90 ? 0.1 : 1;
}

static bool as_fraction(double value, double low, double high, struct rough *ret)
{
    size_t nearest = 0;
    for (size_t n = 1; n < COUNT(fractions); n++)
        if (fabs(value - fractions[n].percent) < fabs(value - fractions[nearest].percent))
            nearest = n;
    const double percent = fractions[nearest].percent, far = value - percent;
    const double bound = fmin(FRACTION_FAR, RELATIVE * fmin(percent, 100 - percent));
    if (fabs(far) > bound + SLACK)
        return false;
    const bool interval = has_interval(low, high);
    const enum rough_kind kind = far > FRACTION_NEAR && (!interval || low > percent)     ? ROUGH_MORE
                                 : far < -FRACTION_NEAR && (!interval || high < percent) ? ROUGH_LESS
                                 : far == 0 && !interval                                 ? ROUGH_EXACTLY
                                                                                         : ROUGH_ABOUT;
    *ret = (struct rough){kind, fractions[nearest].name, percent, percent};
    return true;
}

bool rough_share(double value, double low, double high, struct rough *ret)
{
    const bool interval = has_interval(low, high);
    if (!(value >= 0 && value <= 100))
        return false;
    if (interval && high - low > fmin(WIDE_POINTS, WIDE * fmin(value, 100 - value))) {
        const double from = fmax(low, 0), to = fmin(high, 100);
        *ret = (struct rough){ROUGH_BETWEEN, NULL, down(from, to < 10 || from > 90 ? 0.1 : 1),
                              up(to, to < 10 || from > 90 ? 0.1 : 1)};
    } else if (!as_fraction(value, low, high, ret)) {
        *ret = number(value, share_step(value), !interval);
        if (ret->low < SLACK && value > 0)
            *ret = (struct rough){ROUGH_LESS, NULL, 0.1, 0.1};
        else if (ret->low > 100 - SLACK && value < 100)
            *ret = (struct rough){ROUGH_MORE, NULL, 99.9, 99.9};
    }
    return true;
}

/* ---- a quantity ---- */

static double quantity_step(double value)
{
    return value < 10 ? 0.1 : pow(10, floor(log10(value) + SLACK) - 1);
}

bool rough_quantity(double value, double low, double high, struct rough *ret)
{
    const bool interval = has_interval(low, high);
    if (!(value >= 0 && value <= SPOKEN_MAX))
        return false;
    if (interval && high - low > WIDE * value) {
        const double from = fmax(low, 0), to = up(high, quantity_step(high));
        if (to > SPOKEN_MAX)
            return false;
        *ret = (struct rough){ROUGH_BETWEEN, NULL, down(from, quantity_step(from)), to};
    } else {
        *ret = number(value, quantity_step(value), !interval);
        if (ret->low < SLACK && value > 0)
            *ret = (struct rough){ROUGH_LESS, NULL, 0.1, 0.1};
        return ret->low <= SPOKEN_MAX;
    }
    return true;
}

/* ---- in words ---- */

static const char *const kinds[] = {[ROUGH_EXACTLY] = "exactly",
                                    [ROUGH_ABOUT] = "about",
                                    [ROUGH_MORE] = "more",
                                    [ROUGH_LESS] = "less",
                                    [ROUGH_BETWEEN] = "between"};

static char *say_fraction(const struct words *w, const struct rough *r)
{
    const json_t *names = json_object_get(json_object_get(w->texts, "fractions"), r->fraction);
    const char *pattern = json_string_value(json_object_get(json_object_get(w->texts, "of_fraction"), kinds[r->kind]));
    return phrase_fill(pattern ? pattern : "",
                       json_pack("{s:O?, s:O?}", "fraction", json_array_get(names, 0), "of", json_array_get(names, 1)));
}

char *rough_say(const struct words *w, const struct spoken *s, const struct rough *r, const struct spoken_noun *noun)
{
    const char *percent = phrase(w, "percent"),
               *pattern = json_string_value(json_object_get(json_object_get(w->texts, "of_number"), kinds[r->kind]));
    const struct spoken_noun share = {percent, percent, false};
    if (r->fraction)
        return say_fraction(w, r);
    _cleanup_text_ char *low = spoken_number(s, r->low, noun && noun->feminine),
                        *high = spoken_count(s, r->high, noun ? noun : &share);
    return low && high && pattern ? phrase_fill(pattern, json_pack("{s:s, s:s}", "low", low, "high", high)) : NULL;
}
