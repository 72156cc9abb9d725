#include "table/parts_sql.h"

#include "db/db.h"
#include "table/statements.h"

#define PART "pg_temp.ha_stage WHERE ha_ord >= $2 AND ha_ord < $3"

/* Somebody else may put a key there meanwhile: then it is known, once more. */
static const char before[] =
    "CREATE INDEX IF NOT EXISTS ha_stage_ord ON pg_temp.ha_stage (ha_ord);\n"
    "CREATE OR REPLACE FUNCTION pg_temp.ha_parts(text, integer, integer, "
    "text)\nRETURNS TABLE (ord integer, fate text, members text)\n"
    "LANGUAGE plpgsql SET plan_cache_mode TO force_generic_plan AS $ha_parts$\n"
    "DECLARE\n"
    "  ords integer[]; fates text[]; names text[]; one record;\n"
    "  message text; late boolean; mid integer;\n"
    "BEGIN\n"
    "FOR try IN 1..2 LOOP\n"
    "  BEGIN\n"
    "    late := false; ords := '{}'; fates := '{}'; names := '{}';\n"
    "    FOR one IN\n";

static const char after[] =
    " LOOP\n"
    "      ords := ords || one.ha_ord; fates := fates || one.ha_fate;\n"
    "      names := names || one.ha_members;\n"
    "    END LOOP;\n"
    "    late := true;\n"
    "    SET CONSTRAINTS ALL IMMEDIATE;\n"
    "    SET CONSTRAINTS ALL DEFERRED;\n"
    "    RETURN QUERY SELECT * FROM unnest(ords, fates, names);\n"
    "    RETURN;\n"
    "  EXCEPTION WHEN OTHERS THEN\n"
    "    IF strpos($4, left(SQLSTATE, 2) || ' ') > 0 AND SQLSTATE <> 'XX000'\n"
    "    THEN RAISE; END IF;\n"
    "    message := SQLSTATE || SQLERRM;\n"
    "    CONTINUE WHEN SQLSTATE = '23505';\n"
    "  END;\n"
    "  EXIT;\n"
    "END LOOP;\n"
    "SELECT ha_ord INTO mid FROM " PART " ORDER BY ha_ord OFFSET\n"
    "  (SELECT count(*) / 2 FROM " PART ") LIMIT 1;\n"
    "IF EXISTS (SELECT FROM " PART " AND ha_ord < mid) THEN\n"
    "  RETURN QUERY SELECT * FROM pg_temp.ha_parts($1, $2, mid, $4);\n"
    "  RETURN QUERY SELECT * FROM pg_temp.ha_parts($1, mid, $3, $4);\n"
    "ELSE\n";

void
parts_sql(const struct merge *m, bool whole, bool names, struct buf *to)
{
	struct merge part = *m;

	part.stage = "(SELECT * FROM " PART ")";
	buf_str(to, before);
	merge_sql(&part, whole, names, to);
	buf_str(to, after);
	buf_fmt(to,
	    "  RETURN QUERY SELECT mid, CASE WHEN late THEN '%c' ELSE '%c' "
	    "END, message;\nEND IF;\nEND $ha_parts$",
	    FATE_LONELY, FATE_REFUSED);
}
