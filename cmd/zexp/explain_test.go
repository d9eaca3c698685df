package zexp

import (
	"database/sql"
	"fmt"
	"testing"
)

func explain(t *testing.T, db *sql.DB, q string, args ...any) {
	rows, err := db.Query("EXPLAIN "+q, args...)
	if err != nil { t.Fatal(err) }
	defer rows.Close()
	for rows.Next() {
		var addr, p1, p2, p3, p5 int
		var op string
		var p4, cm sql.NullString
		if err := rows.Scan(&addr, &op, &p1, &p2, &p3, &p4, &p5, &cm); err != nil { t.Fatal(err) }
		fmt.Println(addr, op, p1, p2, p3, p4.String, p5, cm.String)
	}
}

func TestExplain(t *testing.T) {
	db, _, _, _ := bed(t)
	fmt.Println("HAND")
	explain(t, db.Read(), handQ, 1, 2, 3, "a", "b", "c")
	fmt.Println("SETTLE")
	explain(t, db.Read(), settleQ, 1, 2, 3, 4, "b", "c")
}
