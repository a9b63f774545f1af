#include "common/line.h"

#include <string.h>

#include "common/lang.h"

const struct choice line_zones[] = {
    {"urban", N_("town"), {"urbain", "urbaine", "ville", "town", "city"}},
    {"rural", N_("countryside"), {"rurale", "campagne", "village", "countryside", "country"}},
    {0},
};
const struct choice line_sites[] = {
    {"home", N_("home"), {"domicile", "maison", "house", "foyer", "ménage"}},
    {"school", N_("school"), {"école", "collège", "lycée", "université", "university"}},
    {"health-centre",
     N_("health centre"),
     {"health center", "centre de santé", "hôpital", "hospital", "clinique", "clinic"}},
    {"town-hall", N_("town hall"), {"mairie", "town hall", "hôtel de ville", "arrondissement"}},
    {"company", N_("company"), {"entreprise", "bureau", "office", "business"}},
    {"cybercafe", N_("cybercafé"), {"cyber", "internet café", "telecentre", "télécentre"}},
    {"community", N_("community network"), {"communautaire", "réseau communautaire", "community network"}},
    {"other", N_("other"), {"autre"}},
    {0},
};
const struct choice line_technologies[] = {
    {"fibre", N_("fibre"), {"fiber", "fibre optique", "fibre optics", "ftth"}},
    {"adsl", N_("ADSL"), {"dsl", "vdsl", "cuivre", "copper"}},
    {"4g", N_("4G"), {"4g+", "lte"}},
    {"5g", N_("5G"), {NULL}},
    {"3g", N_("3G"), {"3g+"}},
    {"wifi-hotspot",
     N_("Wi-Fi hotspot"),
     {"wifi", "hotspot", "wifi zone", "point d'accès", "point d'accès wifi", "wifi hotspot"}},
    {"community", N_("community network"), {"communautaire", "réseau communautaire", "community network"}},
    {"satellite", N_("satellite"), {"vsat", "starlink"}},
    {"radio", N_("radio"), {"wimax", "faisceau hertzien"}},
    {"other", N_("other"), {"autre"}},
    {0},
};

bool line_metered(const char *technology)
{
    return !technology || (strcmp(technology, "fibre") != 0 && strcmp(technology, "adsl") != 0);
}
